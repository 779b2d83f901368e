"""kept messages of one instance"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("kept_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("business_key", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("kept_message", schema=None) as batch_op:
        batch_op.drop_column("business_key")
