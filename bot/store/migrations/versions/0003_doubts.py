"""Questions that ask whether somebody is in danger; a column that nothing reads any more"""

from alembic import op
import sqlalchemy as sa

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

ASKED = "state = 'asked'"


def upgrade() -> None:
    op.create_table(
        'doubt',
        sa.Column('id', sa.String(32), nullable=False),
        sa.Column('conversation_id', sa.String(32), nullable=False),
        sa.Column('turn_id', sa.String(32), nullable=False),
        sa.Column('kind', sa.String(20), nullable=False),
        sa.Column('state', sa.String(20), nullable=False),
        sa.Column('asked_at', sa.DateTime(), nullable=False),
        sa.Column('settled_at', sa.DateTime()),
        sa.ForeignKeyConstraint(
            ['conversation_id'],
            ['conversation.id'],
            name=op.f('fk_doubt_conversation_id_conversation'),
        ),
        sa.ForeignKeyConstraint(['turn_id'], ['turn.id'], name=op.f('fk_doubt_turn_id_turn')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_doubt')),
    )
    op.create_index(op.f('ix_doubt_conversation_id'), 'doubt', ['conversation_id'])
    op.create_index(
        op.f('ix_doubt_asked_at'),
        'doubt',
        ['asked_at'],
        sqlite_where=sa.text(ASKED),
        postgresql_where=sa.text(ASKED),
    )
    with op.batch_alter_table('outbound') as batch:
        batch.drop_column('sending_since')


def downgrade() -> None:
    with op.batch_alter_table('outbound') as batch:
        batch.add_column(sa.Column('sending_since', sa.DateTime()))
    op.drop_table('doubt')
    op.execute("UPDATE conversation SET talk = 'assistant' WHERE talk = 'danger_question'")
