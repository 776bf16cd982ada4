"""Offers seen before, the register of recruiters, hot spots, the clock of departures"""

from alembic import op
import sqlalchemy as sa

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def _id() -> sa.Column:
    return sa.Column('id', sa.String(32), nullable=False)


def upgrade() -> None:
    op.create_table(
        'offer_seen',
        _id(),
        sa.Column('text_hash', sa.String(64)),
        sa.Column('signature', sa.LargeBinary()),
        sa.Column('expires_at', sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_seen')),
    )
    op.create_index(op.f('ix_offer_seen_text_hash'), 'offer_seen', ['text_hash'])
    op.create_index(op.f('ix_offer_seen_expires_at'), 'offer_seen', ['expires_at'])
    op.create_table(
        'offer_band',
        sa.Column('band', sa.String(32), nullable=False),
        sa.Column('offer_id', sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ['offer_id'], ['offer_seen.id'], name=op.f('fk_offer_band_offer_id_offer_seen')
        ),
        sa.PrimaryKeyConstraint('band', 'offer_id', name=op.f('pk_offer_band')),
    )
    op.create_index(op.f('ix_offer_band_offer_id'), 'offer_band', ['offer_id'])
    op.create_table(
        'sighting',
        _id(),
        sa.Column('offer_id', sa.String(32), nullable=False),
        sa.Column('asker_hash', sa.String(64), nullable=False),
        sa.Column('case_id', sa.String(32)),
        sa.Column('verdict', sa.String(20), nullable=False),
        sa.Column('place', sa.String(40)),
        sa.Column('leaves_on', sa.String(10)),
        sa.Column('times', sa.Integer(), nullable=False),
        sa.Column('first_at', sa.DateTime(), nullable=False),
        sa.Column('last_at', sa.DateTime(), nullable=False),
        sa.Column('expires_at', sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['offer_id'], ['offer_seen.id'], name=op.f('fk_sighting_offer_id_offer_seen')
        ),
        sa.ForeignKeyConstraint(
            ['case_id'], ['case_file.id'], name=op.f('fk_sighting_case_id_case_file')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sighting')),
        sa.UniqueConstraint('offer_id', 'asker_hash', name=op.f('uq_sighting_offer_id_asker_hash')),
    )
    op.create_index(
        op.f('ix_sighting_asker_hash_last_at'), 'sighting', ['asker_hash', 'last_at']
    )
    op.create_index(op.f('ix_sighting_case_id'), 'sighting', ['case_id'])
    op.create_index(op.f('ix_sighting_place_last_at'), 'sighting', ['place', 'last_at'])
    op.create_index(op.f('ix_sighting_expires_at'), 'sighting', ['expires_at'])
    op.create_table(
        'sighting_mark',
        sa.Column('mark_hash', sa.String(64), nullable=False),
        sa.Column('sighting_id', sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ['sighting_id'], ['sighting.id'], name=op.f('fk_sighting_mark_sighting_id_sighting')
        ),
        sa.PrimaryKeyConstraint('mark_hash', 'sighting_id', name=op.f('pk_sighting_mark')),
    )
    op.create_index(op.f('ix_sighting_mark_sighting_id'), 'sighting_mark', ['sighting_id'])
    op.create_table(
        'recruiter',
        _id(),
        sa.Column('reference', sa.String(12), nullable=False),
        sa.Column('kind', sa.String(10), nullable=False),
        sa.Column('mark_hash', sa.String(64), nullable=False),
        sa.Column('state', sa.String(10), nullable=False),
        sa.Column('times', sa.Integer(), nullable=False),
        sa.Column('first_at', sa.DateTime(), nullable=False),
        sa.Column('last_at', sa.DateTime(), nullable=False),
        sa.Column('expires_at', sa.DateTime(), nullable=False),
        sa.Column('named_sealed', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_recruiter')),
        sa.UniqueConstraint('reference', name=op.f('uq_recruiter_reference')),
        sa.UniqueConstraint('mark_hash', name=op.f('uq_recruiter_mark_hash')),
    )
    op.create_index(op.f('ix_recruiter_last_at'), 'recruiter', ['last_at'])
    op.create_index(op.f('ix_recruiter_expires_at'), 'recruiter', ['expires_at'])
    op.create_table(
        'recruiter_case',
        sa.Column('recruiter_id', sa.String(32), nullable=False),
        sa.Column('case_id', sa.String(32), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['recruiter_id'], ['recruiter.id'], name=op.f('fk_recruiter_case_recruiter_id_recruiter')
        ),
        sa.ForeignKeyConstraint(
            ['case_id'], ['case_file.id'], name=op.f('fk_recruiter_case_case_id_case_file')
        ),
        sa.PrimaryKeyConstraint('recruiter_id', 'case_id', name=op.f('pk_recruiter_case')),
    )
    op.create_index(op.f('ix_recruiter_case_case_id'), 'recruiter_case', ['case_id'])
    op.create_table(
        'recruiter_log',
        sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
        sa.Column('recruiter_id', sa.String(32), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False),
        sa.Column('act', sa.String(20), nullable=False),
        sa.Column('actor', sa.String(40), nullable=False),
        sa.Column('text_sealed', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ['recruiter_id'], ['recruiter.id'], name=op.f('fk_recruiter_log_recruiter_id_recruiter')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_recruiter_log')),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f('ix_recruiter_log_recruiter_id'), 'recruiter_log', ['recruiter_id'])
    op.create_table(
        'hot_spot',
        sa.Column('kind', sa.String(20), nullable=False),
        sa.Column('key', sa.String(64), nullable=False),
        sa.Column('day', sa.String(10), nullable=False),
        sa.Column('step', sa.Integer(), nullable=False),
        sa.Column('people', sa.Integer(), nullable=False),
        sa.Column('told_at', sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint('kind', 'key', 'day', name=op.f('pk_hot_spot')),
    )
    op.create_table(
        'departure',
        sa.Column('case_id', sa.String(32), nullable=False),
        sa.Column('offer_id', sa.String(32)),
        sa.Column('verdict', sa.String(20), nullable=False),
        sa.Column('told', sa.String(20)),
        sa.Column('first_day', sa.String(10)),
        sa.Column('last_day', sa.String(10)),
        sa.Column('zone', sa.String(40), nullable=False),
        sa.Column('told_at', sa.DateTime(), nullable=False),
        sa.Column('raised', sa.String(10), nullable=False),
        sa.Column('task', sa.String(20)),
        sa.Column('outcome', sa.String(20)),
        sa.Column('checked_at', sa.DateTime(), nullable=False),
        sa.Column('next_at', sa.DateTime()),
        sa.ForeignKeyConstraint(
            ['case_id'], ['case_file.id'], name=op.f('fk_departure_case_id_case_file')
        ),
        sa.PrimaryKeyConstraint('case_id', name=op.f('pk_departure')),
    )
    op.create_index(op.f('ix_departure_next_at'), 'departure', ['next_at'])
    op.create_index(op.f('ix_departure_checked_at'), 'departure', ['checked_at'])
    _let_the_log_only_grow()


def _let_the_log_only_grow() -> None:
    """Lines go with their entry when its time is over, so deleting is left to the retention."""
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(
            "CREATE FUNCTION recruiter_log_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE integrity_constraint_violation "
            "USING MESSAGE = 'the log of the register can only grow'; END $$"
        )
        op.execute(
            "CREATE TRIGGER recruiter_log_stays BEFORE UPDATE ON recruiter_log "
            "EXECUTE FUNCTION recruiter_log_stays()"
        )
        return
    op.execute(
        "CREATE TRIGGER recruiter_log_stays BEFORE UPDATE ON recruiter_log "
        "BEGIN SELECT RAISE(ABORT, 'the log of the register can only grow'); END"
    )


def downgrade() -> None:
    for table in (
        'departure',
        'hot_spot',
        'recruiter_log',
        'recruiter_case',
        'recruiter',
        'sighting_mark',
        'sighting',
        'offer_band',
        'offer_seen',
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == 'postgresql':
        op.execute("DROP FUNCTION recruiter_log_stays()")
