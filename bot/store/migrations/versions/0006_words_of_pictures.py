"""What was read in the files that people send"""

from alembic import op
import sqlalchemy as sa

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

TO_BE_READ = "reading IN ('waiting', 'at_work')"


def upgrade() -> None:
    with op.batch_alter_table('attachment') as batch:
        batch.add_column(sa.Column('reading', sa.String(20)))
        batch.add_column(sa.Column('reading_problem', sa.String(20)))
        batch.add_column(sa.Column('reading_token', sa.String(32)))
        batch.add_column(sa.Column('reading_until', sa.DateTime()))
        batch.add_column(
            sa.Column('readings', sa.Integer(), server_default='0', nullable=False)
        )
        batch.add_column(sa.Column('words_sealed', sa.LargeBinary()))
    op.create_index(
        op.f('ix_attachment_reading'),
        'attachment',
        ['reading'],
        sqlite_where=sa.text(TO_BE_READ),
        postgresql_where=sa.text(TO_BE_READ),
    )


def downgrade() -> None:
    op.drop_index(op.f('ix_attachment_reading'), table_name='attachment')
    with op.batch_alter_table('attachment') as batch:
        for name in (
            'words_sealed',
            'readings',
            'reading_until',
            'reading_token',
            'reading_problem',
            'reading',
        ):
            batch.drop_column(name)
