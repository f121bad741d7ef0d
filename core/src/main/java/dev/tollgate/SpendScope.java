package dev.tollgate;

import java.util.Locale;

/**
 * A part of the application's spending that is watched on its own.
 *
 * @param kind what it is a part by
 * @param name the provider's, tier's or route's name; empty for the whole application
 */
public record SpendScope(Kind kind, String name) {

  public static final SpendScope APPLICATION = new SpendScope(Kind.APPLICATION, "");

  /** What spending is divided by. */
  public enum Kind {
    APPLICATION,
    PROVIDER,
    TIER,
    ROUTE
  }

  /**
   * @throws IllegalArgumentException when the application has a name or another scope has none
   */
  public SpendScope {
    if ((kind == Kind.APPLICATION) != name.isEmpty()) {
      throw new IllegalArgumentException(
          "scope " + kind + " with name '" + name + "': all but the application have a name");
    }
  }

  /** Such as {@code application}, {@code provider openai} or {@code route chat}. */
  public String label() {
    String kindName = kind.name().toLowerCase(Locale.ROOT);
    return name.isEmpty() ? kindName : kindName + " " + name;
  }
}
