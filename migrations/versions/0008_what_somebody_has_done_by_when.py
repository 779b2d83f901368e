"""what somebody has done by when"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(
            "ix_task_done",
            ["completed_by_id", "closed_at", "id"],
            unique=False,
            sqlite_where=sa.text("completed_by_id IS NOT NULL"),
            postgresql_where=sa.text("completed_by_id IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_task_done", sqlite_where=sa.text("completed_by_id IS NOT NULL"), postgresql_where=sa.text("completed_by_id IS NOT NULL")
        )
