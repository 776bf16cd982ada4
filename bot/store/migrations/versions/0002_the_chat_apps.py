"""The chat apps: addresses, files, delivery, quarantine"""

from alembic import op
import sqlalchemy as sa

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


FEW = (
    ('conversation', 'unreachable', 'unreachable IS NOT NULL'),
    ('outbound', 'uncertain_count', 'uncertain_count > 0'),
)


def upgrade() -> None:
    with op.batch_alter_table('identity') as batch:
        batch.add_column(sa.Column('strong', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch.create_index(op.f('ix_identity_person_id'), ['person_id'])
    with op.batch_alter_table('conversation') as batch:
        batch.add_column(sa.Column('address_sealed', sa.LargeBinary()))
        batch.add_column(sa.Column('wrote_at', sa.DateTime()))
        batch.add_column(sa.Column('unreachable', sa.String(40)))
        batch.add_column(sa.Column('paced_until', sa.DateTime()))
    op.execute(
        'UPDATE conversation SET wrote_at = (SELECT max(inbound.received_at) FROM inbound'
        ' WHERE inbound.conversation_id = conversation.id)'
    )
    with op.batch_alter_table('turn') as batch:
        batch.add_column(sa.Column('place', sa.BigInteger(), server_default='0', nullable=False))
    with op.batch_alter_table('inbound') as batch:
        batch.add_column(sa.Column('place', sa.BigInteger(), server_default='0', nullable=False))
    _deliver_what_waits_for_the_web()
    with op.batch_alter_table('outbound') as batch:
        batch.add_column(sa.Column('provider_id', sa.String(80)))
        batch.add_column(sa.Column('provider_status', sa.String(20)))
        batch.add_column(sa.Column('sending_since', sa.DateTime()))
        batch.add_column(
            sa.Column('uncertain_count', sa.Integer(), server_default='0', nullable=False)
        )
        batch.add_column(sa.Column('asked_by', sa.String(32)))
        batch.add_column(sa.Column('released_by', sa.String(32)))
        batch.add_column(sa.Column('released_at', sa.DateTime()))
        batch.drop_column('position')
    for table, column, rule in FEW:
        op.create_index(
            op.f(f'ix_{table}_{column}'),
            table,
            [column],
            sqlite_where=sa.text(rule),
            postgresql_where=sa.text(rule),
        )
    op.create_table(
        'attachment',
        sa.Column('id', sa.String(32), nullable=False),
        sa.Column('inbound_id', sa.String(32), nullable=False),
        sa.Column('person_id', sa.String(32), nullable=False),
        sa.Column('channel', sa.String(20), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(20), nullable=False),
        sa.Column('media_type', sa.String(100), nullable=False),
        sa.Column('size', sa.BigInteger()),
        sa.Column('source_sealed', sa.LargeBinary(), nullable=False),
        sa.Column('state', sa.String(20), nullable=False),
        sa.Column('error', sa.String(80)),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('next_try_at', sa.DateTime(), nullable=False),
        sa.Column('lease_token', sa.String(32)),
        sa.Column('lease_until', sa.DateTime()),
        sa.Column('stored_at', sa.DateTime()),
        sa.Column('forgotten_at', sa.DateTime()),
        sa.ForeignKeyConstraint(
            ['inbound_id'], ['inbound.id'], name=op.f('fk_attachment_inbound_id_inbound')
        ),
        sa.ForeignKeyConstraint(
            ['person_id'], ['person.id'], name=op.f('fk_attachment_person_id_person')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment')),
    )
    with op.batch_alter_table('attachment') as batch:
        batch.create_index(op.f('ix_attachment_state_next_try_at'), ['state', 'next_try_at'])
        batch.create_index(op.f('ix_attachment_inbound_id'), ['inbound_id'])
    op.create_table(
        'attachment_piece',
        sa.Column('attachment_id', sa.String(32), nullable=False),
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('body_sealed', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ['attachment_id'],
            ['attachment.id'],
            name=op.f('fk_attachment_piece_attachment_id_attachment'),
        ),
        sa.PrimaryKeyConstraint('attachment_id', 'number', name=op.f('pk_attachment_piece')),
    )
    op.create_table(
        'channel_state',
        sa.Column('channel', sa.String(20), nullable=False),
        sa.Column('opened_at', sa.DateTime()),
        sa.Column('paced_until', sa.DateTime()),
        sa.Column('held_until', sa.DateTime()),
        sa.Column('poll_offset', sa.BigInteger()),
        sa.Column('reconciled_at', sa.DateTime()),
        sa.Column('lease_token', sa.String(32)),
        sa.Column('lease_until', sa.DateTime()),
        sa.PrimaryKeyConstraint('channel', name=op.f('pk_channel_state')),
    )
    op.create_table(
        'quarantine',
        sa.Column('id', sa.String(32), nullable=False),
        sa.Column('channel', sa.String(20), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False),
        sa.Column('reason', sa.String(40), nullable=False),
        sa.Column('body_hash', sa.String(64), nullable=False),
        sa.Column('body_sealed', sa.LargeBinary(), nullable=False),
        sa.Column('times', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(10), nullable=False),
        sa.Column('settled_by', sa.String(32)),
        sa.Column('settled_at', sa.DateTime()),
        sa.ForeignKeyConstraint(
            ['settled_by'], ['staff.id'], name=op.f('fk_quarantine_settled_by_staff')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_quarantine')),
        sa.UniqueConstraint(
            'channel', 'body_hash', name=op.f('uq_quarantine_channel_body_hash')
        ),
    )
    with op.batch_alter_table('quarantine') as batch:
        batch.create_index(op.f('ix_quarantine_state_at'), ['state', 'at'])


def _deliver_what_waits_for_the_web() -> None:
    """From now on a web text is delivered by being committed."""
    connection = op.get_bind()
    waiting = connection.execute(
        sa.text(
            "SELECT id, conversation_id FROM outbound WHERE channel = 'web' AND state = 'pending'"
            ' ORDER BY created_at, position'
        )
    ).all()
    for row in waiting:
        taken = connection.execute(
            sa.text(
                'UPDATE conversation SET next_seq = next_seq + 1 WHERE id = :of RETURNING next_seq'
            ),
            {'of': row.conversation_id},
        ).scalar_one()
        connection.execute(
            sa.text(
                "UPDATE outbound SET state = 'sent', seq = :seq, sent_at = created_at"
                ' WHERE id = :of'
            ),
            {'of': row.id, 'seq': taken - 1},
        )


def downgrade() -> None:
    for table in ('quarantine', 'channel_state', 'attachment_piece', 'attachment'):
        op.drop_table(table)
    added = {
        'outbound': (
            'released_at', 'released_by', 'asked_by', 'uncertain_count', 'sending_since',
            'provider_status', 'provider_id',
        ),
        'inbound': ('place',),
        'turn': ('place',),
        'conversation': ('paced_until', 'unreachable', 'wrote_at', 'address_sealed'),
        'identity': ('strong',),
    }
    op.drop_index(op.f('ix_identity_person_id'), 'identity')
    for table, column, _ in FEW:
        op.drop_index(op.f(f'ix_{table}_{column}'), table)
    with op.batch_alter_table('outbound') as batch:
        batch.add_column(sa.Column('position', sa.Integer(), server_default='0', nullable=False))
    for table, columns in added.items():
        for column in columns:
            op.drop_column(table, column)
