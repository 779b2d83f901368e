"""what is thrown is work of its own"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE work_item SET kind = 'throw' WHERE kind = 'deliver' AND instance_id IS NULL")


def downgrade() -> None:
    op.execute("UPDATE work_item SET kind = 'deliver' WHERE kind = 'throw'")
