package dev.tollgate.config;

import dev.tollgate.Ladder;
import dev.tollgate.Limit;
import dev.tollgate.Priority;
import dev.tollgate.Tier;
import dev.tollgate.config.RestrictSyntax.Restricted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the tiers. */
final class TierReader {

  /** What counts when no tier is configured. */
  private static final List<Tier> DEFAULTS =
      List.of(
          Tier.of("free", RateSyntax.ONE.parse("10/minute burst 20")),
          Tier.of("pro", RateSyntax.ONE.parse("60/minute burst 100")));

  private static final int MAX_TIERS = 100;

  private final Values values;
  private final Syntax<Limit> quota;

  TierReader(Values values, Syntax<Limit> quota) {
    this.values = values;
    this.quota = quota;
  }

  /** The tiers, in the order of {@code tollgate.tiers} and then of their names. */
  List<Tier> read() {
    List<String> configured = new ArrayList<>(values.names(Key.TIER));
    if (configured.size() > MAX_TIERS) {
      values.report(Key.single("tiers"), "there are over " + MAX_TIERS + " tiers", "remove some");
      return List.of();
    }
    List<Tier> tiers = new ArrayList<>(DEFAULTS);
    if (!configured.isEmpty()) {
      tiers.clear();
      configured.stream().map(this::tier).flatMap(Optional::stream).forEach(tiers::add);
    }
    return ordered(tiers, configured);
  }

  private List<Tier> ordered(List<Tier> tiers, List<String> configured) {
    List<Tier> ordered = new ArrayList<>();
    Key key = Key.single("tiers");
    for (String name : values.list(key, new Syntax<>("free, pro", text -> text))) {
      Optional<Tier> tier = tiers.stream().filter(t -> t.name().equals(name)).findFirst();
      if (tier.isPresent() && ordered.contains(tier.get())) {
        values.report(key, "'" + name + "' is listed twice", "remove one");
      } else if (tier.isEmpty() && !configured.contains(name)) {
        String remedy = "define it by tollgate.tier." + name + ".rate, or remove it";
        values.report(key, "there is no tier '" + name + "'", remedy);
      }
      tier.ifPresent(ordered::add);
    }
    tiers.stream().filter(tier -> !ordered.contains(tier)).forEach(ordered::add);
    return ordered;
  }

  private Optional<Tier> tier(String name) {
    List<Limit> limits = new ArrayList<>(values.list(key(name, "rate"), RateSyntax.ONE));
    limits.addAll(values.list(key(name, "quota"), quota));
    Ladder ladder = values.get(key(name, "ladder"), LadderSyntax.WHOLE, Ladder.DEFAULT);
    Restricted restricted =
        values.get(key(name, "restrict"), RestrictSyntax.WHOLE, Restricted.DEFAULT);
    Priority priority =
        values.get(key(name, "priority"), Syntax.oneOf(Priority.class), Priority.NORMAL);
    return values.attempt(
        values.has(key(name, "rate")) ? key(name, "rate") : key(name, "quota"),
        "each limit once",
        () ->
            new Tier(name, limits, ladder, restricted.restriction(), restricted.rates(), priority));
  }

  private static Key key(String name, String leaf) {
    return new Key(Key.TIER, name, leaf);
  }
}
