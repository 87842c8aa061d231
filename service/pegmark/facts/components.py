"""Kinds of backing, and which kind is worse than which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

COMPONENTS, BASIS = "backing.components", "backing.basis"
"""The fact that lists kinds of backing, and the one that says whether the list is complete."""


@dataclass(frozen=True, slots=True)
class ComponentKind:
    """A kind of backing."""

    name: str
    meaning: str


COMPONENT_KINDS: Mapping[str, ComponentKind] = {
    name: ComponentKind(name, meaning)
    for name, meaning in (
        ("cash", "Money at a central bank, or in hand."),
        ("bank_deposit", "Deposits at commercial banks, insured or not."),
        ("treasury_bill", "Government paper with at most a year to run, held directly."),
        ("reverse_repo", "Cash lent overnight or for days against government paper."),
        ("government_fund", "Shares of a money-market fund of bills and repo, tokenised or not."),
        ("government_debt", "Government paper with more than a year to run."),
        ("corporate_debt", "Commercial paper, certificates of deposit and bonds of companies."),
        ("structured_credit", "Tranches of pooled loans, senior CLO funds among them."),
        ("secured_loan", "Loans made by the issuer against collateral it can sell."),
        ("private_credit", "Loans, receivables and credit funds that have no market."),
        ("lending_position", "Tokens lent through on-chain markets, whoever the borrowers are."),
        ("real_estate", "Property, mortgages held outright, and tokens on them."),
        ("equity", "Shares of companies, listed or not."),
        ("gold", "Allocated bars in a vault."),
        ("bitcoin", "Bitcoin without a hedge."),
        ("crypto", "Any other crypto asset without a hedge; ether among them."),
        ("hedged_crypto", "Crypto assets whose price is offset by short derivatives."),
        ("staked_crypto", "Staked or restaked crypto, or a token that is a claim on it."),
        ("stablecoin", "Stable tokens of other issuers; name the token in `asset`."),
        ("own_token", "Tokens of the issuer, its sponsor or its affiliates."),
        ("strategy_fund", "A share in what a manager trades, farms or lends at discretion."),
        ("venue_claim", "What a trading venue owes: balances there without segregated custody."),
        ("other", "Something that is named and is none of these."),
        ("undisclosed", "What the issuer does not say."),
    )
}
"""Every kind, in the order of the documentation, which is no ranking."""

COMPONENT_ORDER: tuple[tuple[str, str], ...] = (
    ("cash", "bank_deposit"),
    ("bank_deposit", "strategy_fund"),
    ("treasury_bill", "government_debt"),
    ("reverse_repo", "government_debt"),
    ("government_fund", "corporate_debt"),
    ("government_debt", "corporate_debt"),
    ("corporate_debt", "structured_credit"),
    ("corporate_debt", "secured_loan"),
    ("structured_credit", "private_credit"),
    ("secured_loan", "private_credit"),
    ("equity", "private_credit"),
    ("stablecoin", "lending_position"),
    ("lending_position", "private_credit"),
    ("private_credit", "strategy_fund"),
    ("real_estate", "strategy_fund"),
    ("other", "strategy_fund"),
    ("strategy_fund", "own_token"),
    ("gold", "own_token"),
    ("bitcoin", "own_token"),
    ("crypto", "own_token"),
    ("staked_crypto", "own_token"),
    ("venue_claim", "undisclosed"),
    ("own_token", "undisclosed"),
)
"""Pairs (better, worse): moving share along a pair never improves an outcome.

Partial on purpose; a pair stands here only if all three of these hold.

* The loss in stress does not fall. Hence nothing leads from `bank_deposit` to a kind that loses
  less than the bank term charges a deposit, and `structured_credit` does not lead to kinds
  that lose more but are no strategy.
* No class that is better than the one left is entered. Most kinds are what some class is *made of*:
  gold of a metal claim, staked crypto of a wrapper, crypto and stablecoins of an over-collateralised
  token. So nothing leads *to* them; a bill moved to a stablecoin may complete somebody's collateral.
* No mechanism disappears that a pillar or a step charges for. So nothing leads from `hedged_crypto`:
  without a hedge there is no hedge exposure left to score, whatever took its place.

What is left runs within the reserves, from them to what a manager lends and trades, and from there
to the issuer's own paper and to what is not said, which counts as own paper in every adverse test.
"""
