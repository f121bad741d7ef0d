package dev.tollgate;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The limits and the ladder of a plan.
 *
 * @param name the plan's name
 * @param limits each with another name, at most {@link #MAX_LIMITS}
 * @param ladder what happens as its quotas fill up
 * @param restriction what a restricted call may still use
 * @param restrictedRates limits that only restricted calls are charged against
 * @param priority its place in a waiting room
 */
public record Tier(
    String name,
    List<Limit> limits,
    Ladder ladder,
    Restriction restriction,
    List<Limit> restrictedRates,
    Priority priority) {

  public static final int MAX_LIMITS = 12;

  /**
   * @throws IllegalArgumentException when there are too many limits or two have one name
   */
  public Tier {
    limits = List.copyOf(limits);
    restrictedRates = List.copyOf(restrictedRates);
    requireDistinct(name, limits);
    requireDistinct(name, restrictedRates);
    if (restrictedRates.stream().anyMatch(Limit::isQuota)) {
      throw new IllegalArgumentException("tier " + name + " restricts by a quota, not by a rate");
    }
  }

  /** A tier with the default ladder and restriction. */
  public static Tier of(String name, Limit... limits) {
    return new Tier(
        name, List.of(limits), Ladder.DEFAULT, Restriction.DEFAULT, List.of(), Priority.NORMAL);
  }

  /** The same tier with another ladder. */
  public Tier ladder(Ladder ladder) {
    return new Tier(name, limits, ladder, restriction, restrictedRates, priority);
  }

  /** The same tier with this percentage of its limits: 100 or more. */
  Tier raised(int percent) {
    return new Tier(
        name,
        raised(limits, percent),
        ladder,
        restriction,
        raised(restrictedRates, percent),
        priority);
  }

  static List<Limit> raised(List<Limit> limits, int percent) {
    return limits.stream().map(limit -> limit.raised(percent)).toList();
  }

  static void requireDistinct(String owner, List<Limit> limits) {
    if (limits.size() > MAX_LIMITS) {
      throw new IllegalArgumentException(
          owner + " has " + limits.size() + " limits: at most " + MAX_LIMITS + " are allowed");
    }
    Set<String> names = new HashSet<>();
    for (Limit limit : limits) {
      if (!names.add(limit.name())) {
        throw new IllegalArgumentException(owner + " has two limits named " + limit.name());
      }
    }
  }
}
