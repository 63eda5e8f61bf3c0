"""Who imports staff, and at which sites: a list reaches no further than its importer does by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.accounts import find_managed_sites
from service.bootstrap import Desk
from service.refusals import reason
from workflows.core.people import Membership, Staff
from workflows.errors import Reason
from workflows.storage.people.staff_changes import Author
from workflows.suggestions import did_you_mean


@dataclass(frozen=True, slots=True)
class StaffImporter:
    """The author of an import, and the sites that it reaches: their posts, and the accounts that work at no
    other."""

    author: Author
    sites: frozenset[str]

    @classmethod
    def manager(cls, desk: Desk, person: Staff, author: Author) -> StaffImporter:
        """A member of staff, bounded as in `POST /api/accounts`; whoever administers no site reaches none."""
        return cls(author, frozenset(find_managed_sites(person, desk.settings.api.publishers)))

    @classmethod
    def operator(cls, desk: Desk, author: Author) -> StaffImporter:
        """Who works at the machine itself, and so administers every site."""
        return cls(author, frozenset(each.id for each in desk.people.sites()))

    def check_posts(self, posts: Iterable[Membership]) -> list[Reason]:
        """A reason for each of these posts that is at another site. It does not tell whether there is such a
        site."""
        others = dict.fromkeys(post.site for post in posts if post.site not in self.sites)
        return [
            reason(
                "site-not-managed",
                f"there is no site {site!r} that you look after{did_you_mean(site, self.sites)}",
                field="posts",
                what="site",
                name=site,
            )
            for site in others
        ]

    def check_account(self, known: Staff) -> list[Reason]:
        """A reason unless all posts of the account are at these sites. One without a post is nobody's."""
        if known.memberships and not self.check_posts(known.memberships):
            return []
        message = (
            f"the account {known.account!r} is not yours to change: it works at another site, or at none"
        )
        return [reason("account-not-managed", message, field="account", name=known.account)]
