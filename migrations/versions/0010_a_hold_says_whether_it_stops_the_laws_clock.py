"""a hold says whether it stops the law's clock"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("pause", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stops_statutory", sa.Boolean(), nullable=True))
    pause = sa.table("pause", sa.column("stops_statutory", sa.Boolean), sa.column("reason", sa.String))
    op.execute(pause.update().values(stops_statutory=pause.c.reason == "COURT_OR_REGULATOR"))  # the one reason that did
    with op.batch_alter_table("pause", schema=None) as batch_op:
        batch_op.alter_column("stops_statutory", existing_type=sa.Boolean(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("pause", schema=None) as batch_op:
        batch_op.drop_column("stops_statutory")
