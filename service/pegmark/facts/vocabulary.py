"""What may be known of an asset and of the venue that would take it: one row a fact.

This table is the single source. It makes the pydantic model that types requests, the names rules
may read, the ranges proofs assume, and the documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["bool", "enum", "number", "ratio", "days", "USD", "points"]
Worse = Literal["higher", "lower", "first", "true", "false", "from_one", "none"]


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One fact.

    `members` run from worst to best. `low` and `high` are inclusive, in the unit of `kind`.
    `worse`: which way is worse for a lender (`first`: an earlier member; `from_one`: further from
    1). `max_age_days`: older than this at `as_of` the fact is stale; None never is.
    """

    name: str
    kind: Kind
    worse: Worse
    meaning: str
    where: str
    max_age_days: int | None = None
    low: float | None = None
    high: float | None = None
    members: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """The part before the dot."""
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class ComponentKind:
    """A kind of backing."""

    name: str
    meaning: str


USD_MOST = 1e13
DAYS_MOST = 36_500.0
_RANGES: Mapping[Kind, tuple[float, float]] = {
    "ratio": (0.0, 1.0),
    "USD": (0.0, USD_MOST),
    "days": (0.0, DAYS_MOST),
    "number": (0.0, 1e9),
    "points": (0.0, 100.0),
}


def _number(
    name: str,
    kind: Kind,
    worse: Worse,
    age: int | None,
    meaning: str,
    where: str,
    low: float | None = None,
    high: float | None = None,
) -> FactSpec:
    least, most = _RANGES[kind]
    return FactSpec(
        name, kind, worse, meaning, where, age, least if low is None else low, most if high is None else high
    )


def _flag(name: str, worse: Worse, age: int | None, meaning: str, where: str) -> FactSpec:
    return FactSpec(name, "bool", worse, meaning, where, age)


def _choice(
    name: str, members: str, age: int | None, meaning: str, where: str, worse: Worse = "first"
) -> FactSpec:
    return FactSpec(name, "enum", worse, meaning, where, age, members=tuple(members.split()))


_DOCS, _MONTHS, _QUARTER, _WEEKS, _DAYS = 730, 400, 130, 45, 10

_FACTS: tuple[FactSpec, ...] = (
    _choice("reference.kind", "crypto_asset commodity fiat", None, "What the token is a claim on.", "The issuer's terms.", "none"),
    _choice(
        "reference.currency",
        "other SOL BNB XAG XAU ETH BTC JPY GBP EUR USD",
        None,
        "The currency, metal or crypto asset the token is measured against.",
        "The issuer's terms.",
        "none",
    ),
    _number("reference.age", "days", "lower", None, "Days since the token was first issued to the public.", "First mint on chain."),
    _number("reference.conversion_rate", "number", "none", 45, "Units of the reference that one token converts into.", "The staking or wrapping contract."),
    _choice("reference.rate_source", "undisclosed issuer contract", _DOCS, "Who publishes the conversion rate.", "The issuer's documentation.", "none"),
    _number("reference.rate_age", "days", "higher", None, "Days since the conversion rate was last updated.", "The rate contract."),
    _number("reference.rate_max_growth", "ratio", "higher", _DOCS, "The most the conversion rate may rise in a day by its contract.", "The rate contract."),
    FactSpec("backing.components", "enum", "first", "What the token rests on: a list of kinds with their share of liabilities.", "The reserve report or dashboard.", _QUARTER),
    _choice("backing.basis", "gross net", _QUARTER, "Whether shares are of net assets (they sum to one) or gross of leverage.", "The reserve report."),
    _number("backing.collateral_ratio", "ratio", "lower", _QUARTER, "Outside assets over liabilities, own tokens excluded.", "The reserve report.", high=10.0),
    _number("backing.circular_share", "ratio", "higher", _QUARTER, "Share resting on the token itself, its issuer's other tokens, or a token resting on it.", "Tracing the reserves."),
    _number("backing.largest_bank_share", "ratio", "higher", _QUARTER, "Largest share of backing held as deposits at one bank.", "The reserve report; often undisclosed."),
    _number("backing.weighted_maturity", "days", "higher", _QUARTER, "Value-weighted days to maturity of the backing.", "The reserve report."),
    _flag("backing.segregated", "false", _DOCS, "Whether the backing is kept apart from the issuer's own assets.", "The issuer's terms; the custodian."),
    _flag("backing.bankruptcy_remote", "false", _DOCS, "Whether the backing stays with holders if the issuer fails.", "A legal opinion."),
    _flag("backing.rehypothecated", "true", _DOCS, "Whether the backing may be lent or pledged onward.", "The issuer's terms; the custodian."),
    _number("backing.largest_custodian_share", "ratio", "higher", _MONTHS, "Largest share of backing at one custodian.", "The reserve report."),
    _number("backing.attestation_age", "days", "higher", None, "Days since the date the last attestation speaks of.", "The attestor's report."),
    _number("backing.attestation_interval", "days", "higher", _DOCS, "Days between attestations as promised.", "The issuer's policy."),
    _choice("backing.attestor", "none issuer custodian onchain_proof audit_firm big_four", _MONTHS, "Who attests to the backing.", "The attestation itself."),
    _flag("backing.assurance_withdrawn", "true", _MONTHS, "Whether an attestor has resigned or withdrawn a report.", "The attestor; the press."),
    _number("hedge.short_share", "ratio", "higher", 45, "Notional of short derivatives over net assets.", "The issuer's dashboard.", high=5.0),
    _number("hedge.coverage", "ratio", "from_one", 45, "Short notional over the exposure it hedges.", "The issuer's dashboard.", high=5.0),
    _number("hedge.largest_venue_share", "ratio", "higher", 45, "Share of the hedge at its largest venue.", "The issuer's dashboard."),
    _number("hedge.off_exchange_share", "ratio", "lower", 130, "Share of hedge margin held off exchange.", "Custodian attestations."),
    _number("hedge.adl_protected_share", "ratio", "lower", 130, "Share of the hedge a venue cannot close by auto-deleveraging.", "Venue agreements."),
    _number("hedge.unsettled_pnl_share", "ratio", "higher", 45, "Profit owed by venues and not yet collected, over net assets.", "The issuer's dashboard."),
    _number("hedge.reserve_fund_ratio", "ratio", "lower", 130, "Reserve fund over liabilities.", "The issuer's governance reports."),
    _number("hedge.funding_rate_30d", "ratio", "lower", 10, "Average funding received over 30 days, a year's rate.", "Derivatives venues.", low=-5.0, high=5.0),
    _number("hedge.open_interest_share", "ratio", "higher", 45, "The hedge over the market's whole open interest.", "Derivatives venues."),
    _choice("redemption.right", "none whitelisted all_holders", _DOCS, "Who may redeem with the issuer for the backing.", "The issuer's terms."),
    _flag("redemption.at_par", "false", _DOCS, "Whether redemption pays the reference amount in full, fees aside.", "The issuer's terms."),
    _number("redemption.settlement", "days", "higher", _DOCS, "Days from request to payment.", "The issuer's terms."),
    _choice("redemption.hours", "business_days market_hours continuous", _DOCS, "When redemption runs.", "The issuer's terms."),
    _number("redemption.fee", "ratio", "higher", _DOCS, "Fee on a redemption of $1 M.", "The issuer's terms."),
    _number("redemption.minimum", "USD", "higher", _DOCS, "Smallest redemption.", "The issuer's terms."),
    _number("redemption.daily_capacity", "USD", "lower", 130, "What can be redeemed in a day at least.", "The redemption contract; the issuer's terms."),
    _number("redemption.largest_met_24h", "USD", "lower", 1100, "Most ever redeemed at par within 24 hours.", "Burns on chain."),
    _flag("redemption.gated", "true", 45, "Whether redemption is suspended outside its published hours.", "Trying it; the issuer's status page."),
    _number("redemption.lock", "days", "higher", _DOCS, "Days a holder must wait before redemption begins.", "The contract."),
    _number("liquidity.supply", "USD", "lower", 60, "Market value of tokens in issue.", "The token contracts."),
    _number("liquidity.volume_24h", "USD", "lower", 45, "Spot volume in 24 hours over all venues.", "A market-data aggregator."),
    _number("liquidity.depth_2pct", "USD", "lower", 45, "Bids within 2 % of reference at venues reachable in stress.", "Order books and pools, measured."),
    _number("liquidity.stressed_depth_2pct", "USD", "lower", 800, "The same, at its lowest in the last stress.", "Order books and pools, measured."),
    _number("liquidity.largest_venue_share", "ratio", "higher", 130, "Share of volume at the largest venue.", "A market-data aggregator."),
    _number("liquidity.top10_holder_share", "ratio", "higher", 400, "Share of supply held by the ten largest holders, venues' pooled wallets aside.", "The token contracts."),
    _number("peg.discount_now", "ratio", "higher", 5, "Discount to reference on the median of three or more independent venues.", "A market-data aggregator.", low=-1.0),
    _number("peg.days_over_2pct", "days", "higher", 5, "Days the discount has stood over 2 %.", "A market-data aggregator."),
    _number("peg.max_discount_30d", "ratio", "higher", 10, "Largest discount in 30 days on the independent median.", "A market-data aggregator.", low=-1.0),
    _number("peg.max_discount_365d", "ratio", "higher", 45, "Largest discount in 365 days on the independent median.", "A market-data aggregator.", low=-1.0),
    _number("peg.stressed_average_discount", "ratio", "higher", 400, "Worst rolling average discount over the close-out horizon.", "A market-data aggregator.", low=-1.0),
    _number("peg.days_below_99_365d", "days", "higher", 45, "Days in 365 with a daily close under 0.99 of reference.", "A market-data aggregator.", high=366.0),
    _number("peg.volatility_30d", "ratio", "higher", 10, "Annualised volatility of the price against reference over 30 days.", "A market-data aggregator.", high=10.0),
    _number("leverage.looped_share", "ratio", "higher", 130, "Share of supply posted as collateral for loans of much the same value.", "Lending protocols, traced."),
    _number("leverage.lending_share", "ratio", "higher", 130, "Share of supply deposited with lending protocols.", "Lending protocols."),
    _number("yield.native_apr", "ratio", "higher", 130, "What the token itself pays its holders in a year.", "The issuer.", low=-1.0, high=10.0),
    _choice("yield.source", "undisclosed emissions funding lending staking reserves none", _DOCS, "Where that yield comes from.", "The issuer."),
    _choice("control.mint_authority", "single_key multisig timelocked_multisig contract", _DOCS, "Who can create tokens.", "The token contract."),
    _number("control.mint_limit_24h", "ratio", "higher", _DOCS, "Most that can be minted in a day, over supply.", "The token contract.", high=100.0),
    _flag("control.mint_checks_backing", "false", _DOCS, "Whether minting requires proof of matching backing.", "The token contract."),
    _number("control.mint_delay", "days", "lower", _DOCS, "Days a mint can be seen before it takes effect.", "The token contract."),
    _number("control.upgrade_timelock", "days", "lower", _DOCS, "Days between announcing and making a change of contract.", "The token contract."),
    _number("control.bridge_min_verifiers", "number", "lower", _DOCS, "Fewest independent verifiers on a bridge with a material share.", "The bridge's configuration."),
    _number("control.bridged_share", "ratio", "higher", _MONTHS, "Share of supply issued through bridges.", "The token contracts."),
    _number("control.supply_change_1h", "ratio", "higher", 5, "Change of supply in the last hour.", "The token contracts.", low=-1.0, high=100.0),
    _number("control.supply_over_proved_reserves", "ratio", "higher", 130, "Supply over reserves proved by the last report.", "Proof of reserves.", high=100.0),
    _flag("control.freeze", "none", _DOCS, "Whether balances can be frozen.", "The token contract."),
    _flag("control.audited", "false", _DOCS, "Whether the contracts were audited by a known firm.", "Audit reports."),
    _choice("control.issuer_regulation", "none exempt_fund licensed registered_fund prudential", _DOCS, "Under what supervision the issuer acts.", "The regulator's register."),
    _choice("venue.price_source", "own_order_book par multi_venue_index redemption_value", _DOCS, "What the venue marks collateral with.", "The venue's rules."),
    _number("venue.discount_now", "ratio", "higher", 5, "Discount to reference in the venue's own market.", "The venue's order book.", low=-1.0),
    _number("venue.max_discount_365d", "ratio", "higher", 45, "Largest discount there in 365 days.", "The venue's order book.", low=-1.0),
    _flag("venue.redemption_account", "false", _DOCS, "Whether the venue has a whitelisted, tested account with the issuer.", "Ask; a dated test redemption."),
    _choice("venue.external_execution", "none manual automatic", _DOCS, "Whether liquidation can sell outside the venue.", "The venue's rules."),
    _number("venue.depth_2pct", "USD", "lower", 45, "Bids within 2 % of reference in the venue's own market.", "The venue's order book."),
    _number("venue.volume_share", "ratio", "higher", 130, "Share of the asset's volume traded at the venue.", "A market-data aggregator."),
    _flag("venue.fee_waived", "true", _MONTHS, "Whether trading the pair there is free or rewarded.", "The venue's announcements."),
    _number("venue.hedge_share", "ratio", "higher", 130, "Share of the asset's hedge held at the venue.", "The issuer; the venue."),
    _flag("venue.issuer_affiliated", "true", _DOCS, "Whether venue and issuer share owners, income or staff.", "Filings; the press."),
    _flag("venue.liability_asset", "false", _DOCS, "Whether what the venue is owed is owed in this very asset.", "The venue's rules."),
    _number("venue.collateral_outstanding", "USD", "higher", 45, "Amount of the asset already held there as collateral.", "The venue."),
    _number("venue.loss_resources", "USD", "lower", _MONTHS, "Insurance fund and capital that stand behind a loss.", "The venue's disclosures."),
    _number("venue.promotional_apr", "ratio", "higher", _MONTHS, "Yield the venue pays for holding the asset there.", "The venue's announcements.", high=10.0),
    _flag("venue.promotion_counts_collateral", "true", _MONTHS, "Whether that yield is also paid on balances used as collateral.", "The venue's announcements."),
    _number("venue.max_loop_leverage", "number", "higher", _DOCS, "Leverage reachable by borrowing against the asset to buy more of it there.", "The venue's rules.", low=1.0, high=1000.0),
    _number("terms.rate_first_tier", "ratio", "higher", _MONTHS, "Collateral value of the first tier.", "The venue's rules."),
    _number("terms.cash_rate", "ratio", "lower", _MONTHS, "Collateral value the venue gives cash-like assets.", "The venue's rules."),
    _number("terms.reference_rate", "ratio", "lower", _MONTHS, "Collateral value the venue gives the reference asset itself.", "The venue's rules."),
    _number("terms.tiers", "number", "lower", _MONTHS, "Number of size tiers before collateral stops counting.", "The venue's rules."),
    _number("terms.cap_account", "USD", "higher", _MONTHS, "Most collateral of the asset one account may count.", "The venue's rules."),
    _number("terms.cap_venue", "USD", "higher", _MONTHS, "Most the venue takes in all.", "The venue's rules."),
    _number("terms.liquidation_ratio", "ratio", "higher", _MONTHS, "Debt over collateral at which liquidation starts.", "The venue's rules."),
    _number("terms.liquidation_bonus", "ratio", "lower", _MONTHS, "Discount at which a liquidator buys.", "The venue's rules."),
    _number("terms.liquidation_seconds", "number", "lower", _MONTHS, "Least time between the breach and the sale.", "The venue's rules."),
    _number("terms.index_max_source_weight", "ratio", "higher", _MONTHS, "Largest weight of one source in the mark.", "The venue's rules."),
    _number("terms.index_floor", "ratio", "higher", _MONTHS, "Value below which the mark is not let fall.", "The venue's rules."),
    _flag("terms.can_borrow_same_asset", "true", _MONTHS, "Whether the asset can be borrowed against itself.", "The venue's rules."),
    _number("terms.notice_days", "days", "lower", _MONTHS, "Notice the venue gives of a change of terms.", "The venue's rules."),
    _number("terms.change_announced", "days", "higher", None, "Days since a change of terms was announced that is not yet in force.", "The venue's announcements."),
    _number("terms.change_effective", "days", "higher", None, "Days until that change is in force.", "The venue's announcements."),
)  # fmt: skip

FACTS: Mapping[str, FactSpec] = {spec.name: spec for spec in _FACTS}
"""Every fact that can be submitted, by name, in the order of the documentation."""

COMPONENT_KINDS: Mapping[str, ComponentKind] = {
    name: ComponentKind(name, meaning)
    for name, meaning in (
        ("cash", "Cash at a central bank or in hand."),
        ("bank_deposit", "Deposits at commercial banks."),
        ("treasury_bill", "Government bills with under a year to run."),
        ("reverse_repo", "Cash lent overnight or shortly against government paper."),
        ("government_fund", "Shares of a fund of the above."),
        ("government_debt", "Government paper of over a year."),
        ("corporate_debt", "Commercial paper and bonds of companies."),
        ("structured_credit", "Senior tranches of loan pools."),
        ("secured_loan", "Loans against collateral."),
        ("private_credit", "Loans and credit funds without a market."),
        ("lending_position", "Deposits in on-chain lending markets."),
        ("real_estate", "Property and claims on it."),
        ("equity", "Shares of companies."),
        ("gold", "Allocated metal."),
        ("bitcoin", "Bitcoin, unhedged."),
        ("crypto", "Other crypto assets, unhedged."),
        ("hedged_crypto", "Crypto assets against short derivatives."),
        ("staked_crypto", "Staked crypto assets, as a claim on them."),
        ("stablecoin", "Other issuers' stable tokens."),
        ("own_token", "Tokens of the issuer or its sponsor."),
        ("strategy_fund", "A manager's trading or yield strategy."),
        ("venue_claim", "An unsecured claim on a trading venue."),
        ("other", "Something else that is named."),
        ("undisclosed", "Not said."),
    )
}

COMPONENT_ORDER: tuple[tuple[str, str], ...] = (
    ("cash", "bank_deposit"),
    ("treasury_bill", "government_debt"),
    ("reverse_repo", "government_debt"),
    ("government_debt", "corporate_debt"),
    ("government_fund", "corporate_debt"),
    ("bank_deposit", "other"),
    ("corporate_debt", "structured_credit"),
    ("structured_credit", "secured_loan"),
    ("secured_loan", "equity"),
    ("equity", "private_credit"),
    ("private_credit", "real_estate"),
    ("stablecoin", "lending_position"),
    ("lending_position", "private_credit"),
    ("hedged_crypto", "strategy_fund"),
    ("real_estate", "other"),
    ("other", "strategy_fund"),
    ("strategy_fund", "own_token"),
    ("gold", "own_token"),
    ("bitcoin", "own_token"),
    ("crypto", "own_token"),
    ("staked_crypto", "own_token"),
    ("own_token", "undisclosed"),
)
"""Pairs (better, worse): moving share along a pair never improves an outcome.

Partial on purpose. Gold, crypto and staked crypto are what some tokens are *claims on*, so a share
of them is neither better nor worse than a bill in general; only the way to own token and
undisclosed is one way for every asset.
"""


def _readable() -> dict[str, FactSpec]:
    readable = {name: spec for name, spec in FACTS.items() if name != "backing.components"}
    share = _number("backing.share", "ratio", "higher", None, "", "From `backing.components`.", high=10.0)
    for kind in COMPONENT_KINDS.values():
        name = f"backing.share.{kind.name}"
        readable[name] = replace(
            share, name=name, worse="none", meaning=f"Share of liabilities: {kind.meaning}"
        )
    listed = replace(share, name="backing.listed", worse="none", meaning="Sum of the shares listed.")
    readable[listed.name] = listed
    readable["layer.score"] = _number(
        "layer.score",
        "points",
        "lower",
        None,
        "Least composite score of the material layers beneath.",
        "Decided first.",
    )
    return readable


READABLE: Mapping[str, FactSpec] = _readable()
"""Every name a rule may read."""


def describe() -> list[dict[str, object]]:
    """Return the vocabulary as plain data, for the API, the command line and the documentation."""
    return [
        {
            "name": spec.name,
            "unit": "list" if spec.name == "backing.components" else spec.kind,
            "members": list(spec.members) or None,
            "low": spec.low,
            "high": spec.high,
            "worse": spec.worse,
            "max_age_days": spec.max_age_days,
            "meaning": spec.meaning,
            "where": spec.where,
        }
        for spec in FACTS.values()
    ]
