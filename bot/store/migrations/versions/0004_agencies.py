"""Lists of licensed placement companies"""

from alembic import op
import sqlalchemy as sa

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'agency_list',
        sa.Column('id', sa.String(32), nullable=False),
        sa.Column('source', sa.String(300), nullable=False),
        sa.Column('as_of', sa.String(10), nullable=False),
        sa.Column('imported_at', sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_agency_list')),
        sa.UniqueConstraint('source', name=op.f('uq_agency_list_source')),
    )
    op.create_table(
        'agency',
        sa.Column('id', sa.String(32), nullable=False),
        sa.Column('list_id', sa.String(32), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(300), nullable=False),
        sa.Column('licence', sa.String(300), nullable=False),
        sa.Column('state', sa.String(20), nullable=False),
        sa.Column('valid_until', sa.String(10)),
        sa.Column('address', sa.String(300), nullable=False),
        sa.Column('branch', sa.String(300), nullable=False),
        sa.Column('sanction', sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(
            ['list_id'], ['agency_list.id'], name=op.f('fk_agency_list_id_agency_list')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_agency')),
    )
    op.create_index(op.f('ix_agency_list_id'), 'agency', ['list_id'])


def downgrade() -> None:
    op.drop_table('agency')
    op.drop_table('agency_list')
