"""Count people: person-days at touchpoints, pairs of person-days by gap, and how late an answer came."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
