package dev.tollgate;

import java.util.Locale;

/**
 * A part of the application's spending that is watched on its own.
 *
 * @param kind what it is a part by
 * @param name the provider's, tier's or route's name: at most {@link #MAX_NAME_LENGTH} characters,
 *     none of them a control character; empty for the whole application
 */
public record SpendScope(Kind kind, String name) {

  public static final int MAX_NAME_LENGTH = 64;

  public static final SpendScope APPLICATION = new SpendScope(Kind.APPLICATION, "");

  /** What spending is divided by. */
  public enum Kind {
    APPLICATION,
    PROVIDER,
    TIER,
    ROUTE
  }

  /**
   * @throws IllegalArgumentException when the application has a name or another scope has none, or
   *     the name is out of its range
   */
  public SpendScope {
    if ((kind == Kind.APPLICATION) != name.isEmpty()) {
      throw new IllegalArgumentException(
          "scope " + kind + " with name '" + name + "': all but the application have a name");
    }
    if (name.length() > MAX_NAME_LENGTH || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "scope "
              + kind
              + " has a name of "
              + name.length()
              + " characters: at most "
              + MAX_NAME_LENGTH
              + ", none of them a control character");
    }
  }

  /** Such as {@code application}, {@code provider openai} or {@code route chat}. */
  public String label() {
    String kindName = kind.name().toLowerCase(Locale.ROOT);
    return name.isEmpty() ? kindName : kindName + " " + name;
  }
}
