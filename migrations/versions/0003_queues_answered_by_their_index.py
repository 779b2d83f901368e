"""queues answered by their index"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_queue"))
        batch_op.create_index(
            "ix_task_queue",
            ["queue", "status", sa.literal_column("priority DESC"), "rank_at", "id", "assignee_id", "excluded"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index("ix_task_queue")
        batch_op.create_index(
            batch_op.f("ix_task_queue"), ["queue", "status", sa.literal_column("priority DESC"), "rank_at", "id"], unique=False
        )
