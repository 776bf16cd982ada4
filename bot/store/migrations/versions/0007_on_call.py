"""Who is on call, pages until somebody answers, the record of them, and what watches over it"""

from datetime import timedelta

from alembic import op
import sqlalchemy as sa

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'beat',
        sa.Column('name', sa.String(length=40), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False),
        sa.Column('detail', sa.String(length=200), server_default='', nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_beat')),
    )
    op.create_table(
        'canary_run',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('started_at', sa.DateTime(), nullable=False),
        sa.Column('case_id', sa.String(length=32), nullable=True),
        sa.Column('paged_at', sa.DateTime(), nullable=True),
        sa.Column('acknowledged_at', sa.DateTime(), nullable=True),
        sa.Column('problem', sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_canary_run')),
    )
    with op.batch_alter_table('canary_run') as batch_op:
        batch_op.create_index(batch_op.f('ix_canary_run_started_at'), ['started_at'])

    op.create_table(
        'holiday',
        sa.Column('day', sa.String(length=10), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint('day', name=op.f('pk_holiday')),
    )
    op.create_table(
        'schedule',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('name', sa.String(length=40), nullable=False),
        sa.Column('timezone', sa.String(length=40), nullable=False),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_schedule')),
        sa.UniqueConstraint('name', name=op.f('uq_schedule_name')),
    )
    # Shifts that were planned before there were schedules belong to this one.
    op.execute(
        "INSERT INTO schedule (id, name, timezone, created_at) "
        "VALUES ('main', 'utama', 'Asia/Jakarta', CURRENT_TIMESTAMP)"
    )
    op.create_table(
        'escalation_policy',
        sa.Column('name', sa.String(length=40), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('edited_at', sa.DateTime(), nullable=False),
        sa.Column('edited_by', sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ['edited_by'], ['staff.id'], name=op.f('fk_escalation_policy_edited_by_staff')
        ),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_escalation_policy')),
    )
    op.create_table(
        'override',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('schedule_id', sa.String(length=32), nullable=False),
        sa.Column('out_id', sa.String(length=32), nullable=True),
        sa.Column('in_id', sa.String(length=32), nullable=True),
        sa.Column('starts_at', sa.DateTime(), nullable=False),
        sa.Column('ends_at', sa.DateTime(), nullable=False),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.Column('created_by', sa.String(length=32), nullable=True),
        sa.Column('accepted_at', sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ['created_by'], ['staff.id'], name=op.f('fk_override_created_by_staff')
        ),
        sa.ForeignKeyConstraint(['in_id'], ['staff.id'], name=op.f('fk_override_in_id_staff')),
        sa.ForeignKeyConstraint(['out_id'], ['staff.id'], name=op.f('fk_override_out_id_staff')),
        sa.ForeignKeyConstraint(
            ['schedule_id'], ['schedule.id'], name=op.f('fk_override_schedule_id_schedule')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_override')),
    )
    with op.batch_alter_table('override') as batch_op:
        batch_op.create_index(batch_op.f('ix_override_ends_at'), ['ends_at'])

    op.create_table(
        'rotation',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('schedule_id', sa.String(length=32), nullable=False),
        sa.Column('name', sa.String(length=40), nullable=False),
        sa.Column('members', sa.Text(), nullable=False),
        sa.Column('turn_days', sa.Integer(), nullable=False),
        sa.Column('first_day', sa.String(length=10), nullable=False),
        sa.Column('last_day', sa.String(length=10), nullable=True),
        sa.Column('begins', sa.String(length=5), nullable=False),
        sa.Column('ends', sa.String(length=5), nullable=False),
        sa.Column('weekdays', sa.String(length=7), nullable=False),
        sa.Column('on_holidays', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ['schedule_id'], ['schedule.id'], name=op.f('fk_rotation_schedule_id_schedule')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_rotation')),
    )
    with op.batch_alter_table('rotation') as batch_op:
        batch_op.create_index(batch_op.f('ix_rotation_schedule_id'), ['schedule_id'])

    op.create_table(
        'staff_group',
        sa.Column('name', sa.String(length=40), nullable=False),
        sa.Column('staff_id', sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ['staff_id'], ['staff.id'], name=op.f('fk_staff_group_staff_id_staff')
        ),
        sa.PrimaryKeyConstraint('name', 'staff_id', name=op.f('pk_staff_group')),
    )
    op.create_table(
        'next_step',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('case_id', sa.String(length=32), nullable=False),
        sa.Column('owner_id', sa.String(length=32), nullable=False),
        sa.Column('set_by', sa.String(length=32), nullable=False),
        sa.Column('text_sealed', sa.LargeBinary(), nullable=False),
        sa.Column('due_at', sa.DateTime(), nullable=False),
        sa.Column('set_at', sa.DateTime(), nullable=False),
        sa.Column('accepted_at', sa.DateTime(), nullable=True),
        sa.Column('done_at', sa.DateTime(), nullable=True),
        sa.Column('told_at', sa.DateTime(), nullable=True),
        sa.Column('raised_at', sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ['case_id'], ['case_file.id'], name=op.f('fk_next_step_case_id_case_file')
        ),
        sa.ForeignKeyConstraint(
            ['owner_id'], ['staff.id'], name=op.f('fk_next_step_owner_id_staff')
        ),
        sa.ForeignKeyConstraint(['set_by'], ['staff.id'], name=op.f('fk_next_step_set_by_staff')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_next_step')),
    )
    with op.batch_alter_table('next_step') as batch_op:
        batch_op.create_index(batch_op.f('ix_next_step_case_id'), ['case_id'])
        batch_op.create_index(
            batch_op.f('ix_next_step_due_at'),
            ['due_at'],
            sqlite_where=sa.text('done_at IS NULL'),
            postgresql_where=sa.text('done_at IS NULL'),
        )
        batch_op.create_index(batch_op.f('ix_next_step_owner_id'), ['owner_id'])

    op.create_table(
        'page_log',
        sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
        sa.Column('case_id', sa.String(length=32), nullable=False),
        sa.Column('page_id', sa.String(length=32), nullable=True),
        sa.Column('escalation_id', sa.String(length=32), nullable=True),
        sa.Column('staff_id', sa.String(length=32), nullable=True),
        sa.Column('outbound_id', sa.String(length=32), nullable=True),
        sa.Column('channel', sa.String(length=20), nullable=False),
        sa.Column('event', sa.String(length=20), nullable=False),
        sa.Column('reason', sa.String(length=80), nullable=False),
        sa.Column('trace_id', sa.String(length=32), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['case_id'], ['case_file.id'], name=op.f('fk_page_log_case_id_case_file')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_page_log')),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table('page_log') as batch_op:
        batch_op.create_index(batch_op.f('ix_page_log_case_id'), ['case_id'])
        batch_op.create_index(batch_op.f('ix_page_log_page_id'), ['page_id'])
        batch_op.create_index(batch_op.f('ix_page_log_outbound_id'), ['outbound_id'])
        batch_op.create_index(batch_op.f('ix_page_log_staff_id_at'), ['staff_id', 'at'])
        batch_op.create_index(batch_op.f('ix_page_log_trace_id'), ['trace_id'])

    op.create_table(
        'staff_notice',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('staff_id', sa.String(length=32), nullable=False),
        sa.Column('case_id', sa.String(length=32), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.Column('seen_at', sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ['case_id'], ['case_file.id'], name=op.f('fk_staff_notice_case_id_case_file')
        ),
        sa.ForeignKeyConstraint(
            ['staff_id'], ['staff.id'], name=op.f('fk_staff_notice_staff_id_staff')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_notice')),
        sa.UniqueConstraint(
            'staff_id', 'case_id', 'kind', name=op.f('uq_staff_notice_staff_id_case_id_kind')
        ),
    )
    op.create_table(
        'acknowledgement',
        sa.Column('escalation_id', sa.String(length=32), nullable=False),
        sa.Column('staff_id', sa.String(length=32), nullable=False),
        sa.Column('channel', sa.String(length=20), nullable=False),
        sa.Column('at', sa.DateTime(), nullable=False),
        sa.Column('lapsed_at', sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ['escalation_id'],
            ['escalation.id'],
            name=op.f('fk_acknowledgement_escalation_id_escalation'),
        ),
        sa.ForeignKeyConstraint(
            ['staff_id'], ['staff.id'], name=op.f('fk_acknowledgement_staff_id_staff')
        ),
        sa.PrimaryKeyConstraint('escalation_id', 'staff_id', name=op.f('pk_acknowledgement')),
    )
    op.create_table(
        'page',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('case_id', sa.String(length=32), nullable=False),
        sa.Column('escalation_id', sa.String(length=32), nullable=True),
        sa.Column('staff_id', sa.String(length=32), nullable=True),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('step', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('contact', sa.Integer(), nullable=False),
        sa.Column('next_at', sa.DateTime(), nullable=False),
        sa.Column('code', sa.String(length=10), nullable=True),
        sa.Column('token_hash', sa.String(length=64), nullable=True),
        sa.Column('expires_at', sa.DateTime(), nullable=True),
        sa.Column('trace_id', sa.String(length=32), nullable=False),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['case_id'], ['case_file.id'], name=op.f('fk_page_case_id_case_file')
        ),
        sa.ForeignKeyConstraint(
            ['escalation_id'], ['escalation.id'], name=op.f('fk_page_escalation_id_escalation')
        ),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_page_staff_id_staff')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_page')),
        sa.UniqueConstraint(
            'escalation_id',
            'step',
            'staff_id',
            'kind',
            name=op.f('uq_page_escalation_id_step_staff_id_kind'),
        ),
        sa.UniqueConstraint('token_hash', name=op.f('uq_page_token_hash')),
    )
    with op.batch_alter_table('page') as batch_op:
        batch_op.create_index(batch_op.f('ix_page_case_id'), ['case_id'])
        batch_op.create_index(batch_op.f('ix_page_staff_id_created_at'), ['staff_id', 'created_at'])
        batch_op.create_index(batch_op.f('ix_page_state_next_at'), ['state', 'next_at'])

    with op.batch_alter_table('case_file') as batch_op:
        batch_op.add_column(sa.Column('close_asked_by', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('close_asked_at', sa.DateTime(), nullable=True))
        batch_op.add_column(
            sa.Column('trace_id', sa.String(length=32), server_default='', nullable=False)
        )
        batch_op.create_index(batch_op.f('ix_case_file_trace_id'), ['trace_id'])

    with op.batch_alter_table('escalation') as batch_op:
        batch_op.add_column(
            sa.Column('trace_id', sa.String(length=32), server_default='', nullable=False)
        )
        batch_op.add_column(
            sa.Column('care', sa.String(length=20), server_default='none', nullable=False)
        )
        batch_op.add_column(sa.Column('cared_by', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('cared_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('cared_how', sa.String(length=20), nullable=True))

    with op.batch_alter_table('outbound') as batch_op:
        batch_op.add_column(sa.Column('page_id', sa.String(length=32), nullable=True))
        batch_op.create_index(
            batch_op.f('ix_outbound_page_id'),
            ['page_id'],
            sqlite_where=sa.text('page_id IS NOT NULL'),
            postgresql_where=sa.text('page_id IS NOT NULL'),
        )

    with op.batch_alter_table('shift') as batch_op:
        batch_op.add_column(
            sa.Column('schedule_id', sa.String(length=32), server_default='main', nullable=False)
        )
        batch_op.create_foreign_key(
            batch_op.f('fk_shift_schedule_id_schedule'), 'schedule', ['schedule_id'], ['id']
        )

    with op.batch_alter_table('staff') as batch_op:
        batch_op.add_column(
            sa.Column('languages', sa.String(length=100), server_default='', nullable=False)
        )
        batch_op.add_column(
            sa.Column('robot', sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table('staff_contact') as batch_op:
        batch_op.add_column(sa.Column('address_hash', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('position', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(
            sa.Column('after_minutes', sa.Integer(), server_default='0', nullable=False)
        )
        batch_op.add_column(sa.Column('code_hash', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('code_until', sa.DateTime(), nullable=True))
        batch_op.add_column(
            sa.Column('code_tries', sa.Integer(), server_default='0', nullable=False)
        )
        batch_op.add_column(sa.Column('failed_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('failed_because', sa.String(length=80), nullable=True))
        batch_op.create_index(batch_op.f('ix_staff_contact_address_hash'), ['address_hash'])
    _go_on_with_what_rings()
    _let_the_record_only_grow()


def _go_on_with_what_rings() -> None:
    """Pages that have not left yet, and whoever has said "I have it", stay what they are.

    All contacts of a member had rows of their own, so that such a page has no further contact.
    """
    op.execute(
        "INSERT INTO acknowledgement (escalation_id, staff_id, channel, at) "
        "SELECT id, acknowledged_by, 'console', acknowledged_at FROM escalation "
        "WHERE state = 'acknowledged' AND acknowledged_by IS NOT NULL"
    )
    page = _table('page', _PAGE, ('created_at', 'next_at', 'expires_at'))
    record = _table('page_log', _LINE, ('at',))
    outbound = _table('outbound', _ROW, ('created_at',))
    contact = sa.table('staff_contact', sa.column('id'), sa.column('staff_id'))
    contacts = (
        sa.select(sa.func.count(contact.c.id))
        .where(contact.c.staff_id == outbound.c.staff_id)
        .scalar_subquery()
    )
    under_way = sa.select(outbound, contacts.label('contacts')).where(
        outbound.c.purpose == 'page',
        outbound.c.state.in_(('pending', 'sending', 'uncertain', 'failed_temporarily')),
    )
    connection = op.get_bind()
    for row in connection.execute(under_way).all():
        values = {'case_id': row.case_id, 'staff_id': row.staff_id, 'trace_id': row.case_id}
        ends_at = row.created_at + timedelta(hours=12)
        connection.execute(
            sa.insert(page).values(
                id=row.id,
                kind='step',
                step=0,
                state='ringing' if row.staff_id is not None else 'ended',
                contact=row.contacts,
                created_at=row.created_at,
                next_at=ends_at,
                expires_at=ends_at,
                **values,
            )
        )
        connection.execute(
            sa.insert(record).values(
                page_id=row.id,
                outbound_id=row.id,
                channel=row.channel,
                event='queued',
                reason='',
                at=row.created_at,
                **values,
            )
        )
        connection.execute(
            sa.update(outbound).where(outbound.c.id == row.id).values(page_id=row.id)
        )


def _table(name: str, columns: tuple[str, ...], moments: tuple[str, ...]) -> sa.TableClause:
    dated = (sa.column(moment, sa.DateTime()) for moment in moments)
    return sa.table(name, *map(sa.column, columns), *dated)


_PAGE = ('id', 'case_id', 'staff_id', 'kind', 'step', 'state', 'contact', 'trace_id')
_LINE = (
    'case_id', 'page_id', 'staff_id', 'outbound_id', 'channel', 'event', 'reason', 'trace_id'
)  # fmt: skip
_ROW = ('id', 'page_id', 'case_id', 'staff_id', 'channel', 'purpose', 'state')


def _let_the_record_only_grow() -> None:
    """What became of a page is never changed afterwards."""
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(
            "CREATE FUNCTION page_log_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE integrity_constraint_violation USING MESSAGE = 'the page log can only grow'; "
            "END $$"
        )
        op.execute(
            "CREATE TRIGGER page_log_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON page_log "
            "EXECUTE FUNCTION page_log_only_grows()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER page_log_no_{change.lower()} BEFORE {change} ON page_log "
            "BEGIN SELECT RAISE(ABORT, 'the page log can only grow'); END"
        )


def downgrade() -> None:
    op.drop_index(op.f('ix_outbound_page_id'), 'outbound')
    op.drop_index(op.f('ix_case_file_trace_id'), 'case_file')
    op.drop_index(op.f('ix_staff_contact_address_hash'), 'staff_contact')
    with op.batch_alter_table('shift') as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_shift_schedule_id_schedule'), type_='foreignkey')
        batch_op.drop_column('schedule_id')
    added = {
        'staff_contact': (
            'address_hash',
            'position',
            'after_minutes',
            'code_hash',
            'code_until',
            'code_tries',
            'failed_at',
            'failed_because',
        ),
        'staff': ('languages', 'robot'),
        'outbound': ('page_id',),
        'escalation': ('trace_id', 'care', 'cared_by', 'cared_at', 'cared_how'),
        'case_file': ('trace_id', 'close_asked_by', 'close_asked_at'),
    }
    for table, columns in added.items():
        with op.batch_alter_table(table) as batch_op:
            for column in columns:
                batch_op.drop_column(column)
    for table in (
        'page',
        'acknowledgement',
        'staff_notice',
        'page_log',
        'next_step',
        'staff_group',
        'rotation',
        'override',
        'escalation_policy',
        'schedule',
        'holiday',
        'canary_run',
        'beat',
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == 'postgresql':
        op.execute("DROP FUNCTION page_log_only_grows()")
