"""People of the demo's page, and what a company does in its first hour: a first manager, and a group for the team."""

from dataclasses import dataclass

from bot.app.tropa import Tropa
from bot.db.cases import cases
from bot.demo.folder import DemoState
from bot.demo.simulated.walk_plan import read_plan
from bot.sandbox.people import Group, Person
from bot.sandbox.server import Sandbox
from bot.texts import words_in

CUSTOMERS = ("olga", "max", "anna")  # external ids


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """People of the page: the customers, each with the business's id; the manager, and the team's group."""

    customers: dict[Person, str]
    manager: Person
    group: Group

    @property
    def customer_ids(self) -> dict[int, str]:
        """Messenger id of each customer, with the business's id of the same person."""
        return {person.user.id: key for person, key in self.customers.items()}


def add_company(sandbox: Sandbox, state: DemoState) -> DemoCompany:
    """Add these people to a sandbox that is empty. In each run they have the same ids."""
    words = words_in(state.language)
    people = {sandbox.add_person(words(f"demo.customer.{key}"), language=state.language): key for key in CUSTOMERS}
    manager = sandbox.add_person(words("demo.manager"), language=state.language)
    group = read_plan(state.template).team.in_language(state.language)
    return DemoCompany(people, manager, sandbox.add_group(group, manager))


async def set_up_company(tropa: Tropa, sandbox: Sandbox, company: DemoCompany) -> None:
    """Let the manager open their link and add the bot to the team's group."""
    token = await tropa.create_first_manager_token()
    if token is not None:
        await company.manager.start(token)
        await _settle(tropa, sandbox)
    await company.group.add_bot(by=company.manager)
    await _settle(tropa, sandbox)
    for message in company.group.messages:
        if message.buttons:
            await company.group.click(company.manager, 0, message)
            break
    # The past marked its cases as handed over, though no chat got a card; now the team gets the unfinished ones.
    await tropa.db.write(cases.mark_not_handed_over)
    await _settle(tropa, sandbox)


async def _settle(tropa: Tropa, sandbox: Sandbox) -> None:
    await sandbox.wait_until_acknowledged()
    await tropa.settle()
