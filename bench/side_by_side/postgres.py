"""What a shop would write: FastAPI, SQLAlchemy, and a table of points in PostgreSQL.

Three ways to earn, from the tutorial's to the careful one, all as SQLAlchemy's pages write it:
sessions made per request, ``commit`` at the end, nothing caught that the pages do not catch.
Isolation is PostgreSQL's default (READ COMMITTED), the engine is ``create_engine`` as it comes.
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import create_engine, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from bench.side_by_side.harness import Faults, Order
from bench.side_by_side.postgres_faults import connect
from tests.faults import no_fault


class Base(DeclarativeBase):
    """The shop's tables."""


class Member(Base):
    """Somebody with points."""

    __tablename__ = "members"
    id: Mapped[str] = mapped_column(primary_key=True)
    points: Mapped[int] = mapped_column(default=0)


class Delivery(Base):
    """An order that was counted: the idempotency key with its unique constraint."""

    __tablename__ = "deliveries"
    key: Mapped[str] = mapped_column(primary_key=True)


class OrderIn(BaseModel):
    """The body of a delivery."""

    member: str
    id: str
    net: int


Earn: TypeAlias = Callable[[Session, Order], None]


def plain(session: Session, order: Order) -> None:
    """The tutorial's way: read, add, commit."""
    member = session.get_one(Member, order.member)
    member.points += order.points
    session.commit()


def with_key(session: Session, order: Order) -> None:
    """The same, and each order counts once: its id under a unique constraint."""
    session.add(Delivery(key=order.id))
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        return
    member = session.get_one(Member, order.member)
    member.points += order.points
    session.commit()


def with_key_and_sum(session: Session, order: Order) -> None:
    """The careful way: the unique key, and the database does the sum, in one transaction."""
    session.add(Delivery(key=order.id))
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        return
    added = Member.points + order.points
    session.execute(update(Member).where(Member.id == order.member).values(points=added))
    session.commit()


WAYS: dict[str, Earn] = {
    "PostgreSQL, plain": plain,
    "... with a unique key": with_key,
    "... with a unique key, sum in SQL": with_key_and_sum,
}


def make_app(engine: Any, earn: Earn) -> FastAPI:  # noqa: ANN401  # no types in the gate's venv
    """The shop's service: one route."""
    app = FastAPI()

    def session() -> Iterator[Session]:
        with Session(engine) as made:
            yield made

    @app.post("/orders")
    def paid(order: OrderIn, made: Annotated[Session, Depends(session)]) -> dict[str, str]:
        earn(made, Order(order.member, order.id, order.net))
        return {"order": order.id}

    return app


class Postgres:
    """A ``Competitor``: one way to earn, over a server's socket. Tables are made anew."""

    def __init__(self, socket_folder: str, earn: Earn, faults: Faults) -> None:
        """Count and fail the statements as ``faults`` plans."""
        self.faults = faults
        self.earn = earn
        self.engine = create_engine(
            "postgresql+psycopg://", creator=lambda: connect(socket_folder, faults)
        )
        Base.metadata.drop_all(self.engine)
        Base.metadata.create_all(self.engine)

    def enrol(self, member: str) -> None:
        """The member has a row before the first order, as customers of a shop do."""
        with Session(self.engine) as session:
            session.execute(delete(Member).where(Member.id == member))
            session.add(Member(id=member, points=0))
            session.commit()

    def deliver(self, order: Order) -> None:
        """What the route does, without HTTP."""
        with Session(self.engine) as session:
            self.earn(session, order)

    def balance(self, member: str) -> int:
        """As stored."""
        self.faults.start(no_fault)
        with Session(self.engine) as session:
            return int(session.scalar(select(Member.points).where(Member.id == member)) or 0)

    def pass_time(self, duration_ms: int) -> None:
        """Knows no time."""

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()
