package dev.tollgate;

/**
 * Who is charged.
 *
 * @param id names the caller and is shown on pages and in logs, so it is never a secret: 1 to
 *     {@link #MAX_ID_LENGTH} characters
 * @param tier the name of the caller's tier
 */
public record Caller(String id, String tier) {

  public static final int MAX_ID_LENGTH = 200;

  /**
   * @throws IllegalArgumentException when the id is empty or too long, or the tier is empty
   */
  public Caller {
    if (id.isEmpty() || id.length() > MAX_ID_LENGTH) {
      throw new IllegalArgumentException(
          "caller id of " + id.length() + " characters: it must have 1 to " + MAX_ID_LENGTH);
    }
    if (tier.isEmpty()) {
      throw new IllegalArgumentException("tier of caller " + id + " is empty");
    }
  }
}
