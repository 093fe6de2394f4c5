"""The usual pandas + scikit-learn script of a refresh: the same steps as ours, the way notebooks do them.

Orders in memory; features by groupby; scores by qcut; churn by gradient boosting over two cut-offs with one held out;
lifetime value by BG/NBD and Gamma-Gamma of the lifetimes package on the whole table; k-means for 5 to 8 clusters with a
silhouette on a sample; tiers; one list of members per group.
"""

from __future__ import annotations

import time
import warnings

import numpy as np
import pandas as pd

HORIZON = 30
FEATURES = [
    "recency", "orders", "amount", "tenure", "orders_30", "orders_90", "orders_180", "amount_90", "gap_mean", "gap_std", "late", "discount",
]  # fmt: skip


def features(orders: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """One row per customer from the orders up to ``as_of``."""
    seen = orders[orders["day"] <= as_of].sort_values(["customer_id", "day"])
    grouped = seen.groupby("customer_id")
    table = grouped.agg(
        first=("day", "min"), last=("day", "max"), orders=("day", "size"), amount=("amount", "sum"), discount=("discount", "sum")
    )
    table["recency"] = (as_of - table["last"]).dt.days
    table["tenure"] = (as_of - table["first"]).dt.days
    for days in (30, 90, 180):
        recent = seen[seen["day"] > as_of - pd.Timedelta(days=days)].groupby("customer_id")
        table[f"orders_{days}"] = recent.size().reindex(table.index).fillna(0)
        table[f"amount_{days}"] = recent["amount"].sum().reindex(table.index).fillna(0.0)
    gaps = grouped["day"].diff().dt.days
    gaps = gaps[gaps > 0].groupby(seen["customer_id"])
    table["gap_median"], table["gap_mean"], table["gap_std"] = gaps.median(), gaps.mean(), gaps.std()
    table["late"] = table["recency"] / table["gap_median"]
    channels = (
        seen.groupby(["customer_id", "channel"]).size().reset_index(name="n").sort_values("n").drop_duplicates("customer_id", keep="last")
    )
    table["channel"] = channels.set_index("customer_id")["channel"]
    return table


def score_rfm(table: pd.DataFrame) -> None:
    """Fifths of recency, orders and amount, and a group from them."""
    table["r"] = pd.qcut(-table["recency"].rank(method="first"), 5, labels=False) + 1
    table["f"] = pd.qcut(table["orders"].rank(method="first"), 5, labels=False) + 1
    table["m"] = pd.qcut(table["amount"].rank(method="first"), 5, labels=False) + 1
    table["group"] = table["r"].astype(str) + ((table["f"] + table["m"]) / 2).round().astype(int).astype(str)


def score_churn(orders: pd.DataFrame, table: pd.DataFrame, as_of: pd.Timestamp, seed: int = 7) -> dict[str, float]:
    """Gradient boosting on two earlier cut-offs, judged on a later one, then everybody scored."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score

    def cases(cut_off: pd.Timestamp) -> tuple[pd.DataFrame, pd.Series]:
        """Features at a date and whether the customer stayed away after it."""
        made = features(orders, cut_off)
        made = made[made["recency"] < 90]
        later = orders[(orders["day"] > cut_off) & (orders["day"] <= cut_off + pd.Timedelta(days=HORIZON))]["customer_id"].unique()
        return made, ~made.index.isin(later)

    days = [as_of - pd.Timedelta(days=HORIZON * k) for k in (1, 2, 3)]
    test, labels = cases(days[0])
    train = [cases(day) for day in days[1:]]
    model = HistGradientBoostingClassifier(random_state=seed)
    model.fit(pd.concat([made for made, _ in train])[FEATURES], np.concatenate([label for _, label in train]))
    table["churn"] = model.predict_proba(table[FEATURES])[:, 1]
    return {"auc": float(roc_auc_score(labels, model.predict_proba(test[FEATURES])[:, 1]))}


def score_value(table: pd.DataFrame) -> None:
    """BG/NBD and Gamma-Gamma of lifetimes: alive, expected orders, value of the next year."""
    from lifetimes import BetaGeoFitter, GammaGammaFitter

    weeks = ((table["last"] - table["first"]).dt.days / 7.0, table["tenure"] / 7.0)
    repeats = table["orders"] - 1
    model = BetaGeoFitter(penalizer_coef=0.001).fit(repeats, *weeks)
    table["alive"] = model.conditional_probability_alive(repeats, *weeks)
    table["expected"] = model.conditional_expected_number_of_purchases_up_to_time(52, repeats, *weeks)
    spent = (table["amount"] / table["orders"]).clip(lower=0.01)
    spend = GammaGammaFitter(penalizer_coef=0.05).fit(repeats[repeats > 0], spent[repeats > 0])
    table["value"] = table["expected"] * spend.conditional_expected_average_profit(repeats, spent)


def cluster(table: pd.DataFrame, seed: int = 7) -> int:
    """K-means on standardised features, the number of clusters by silhouette on 10,000 rows."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score
    from sklearn.preprocessing import StandardScaler

    scaled = StandardScaler().fit_transform(table[FEATURES].fillna(0.0))
    best, chosen = -1.0, 5
    for k in range(5, 9):
        labels = KMeans(k, n_init=5, random_state=seed).fit_predict(scaled)
        found = silhouette_score(scaled, labels, sample_size=10_000, random_state=seed)
        if found > best:
            best, chosen = found, k
            table["cluster"] = labels
    return chosen


def run(orders: pd.DataFrame) -> dict[str, object]:
    """All steps over the fetched orders; seconds of each."""
    warnings.simplefilter("ignore")
    took: dict[str, object] = {}
    begun = time.perf_counter()

    def mark(name: str) -> None:
        """Note what the step took."""
        nonlocal begun
        took[name], begun = round(time.perf_counter() - begun, 1), time.perf_counter()

    orders["day"] = orders["ordered_at"].dt.normalize()
    as_of = orders["day"].max()
    table = features(orders, as_of)
    mark("features")
    score_rfm(table)
    mark("rfm")
    took |= score_churn(orders, table, as_of)
    mark("churn")
    score_value(table)
    mark("value")
    took["clusters_chosen"] = cluster(table)
    mark("clusters")
    table["tier"] = pd.cut(table["amount"].rank(pct=True), [0, 0.8, 0.95, 1], labels=["regular", "vip", "svip"])
    members = {name: list(part.index) for column in ("group", "tier", "cluster") for name, part in table.groupby(column, observed=True)}
    took["groups"] = len(members)
    mark("members")
    return took
