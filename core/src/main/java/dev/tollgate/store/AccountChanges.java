package dev.tollgate.store;

import java.util.HashSet;
import java.util.Set;

/** What has changed in an account since its last image. Guarded by its account. */
final class AccountChanges {

  /** Of accounts that nobody writes down: notes nothing, and may be shared. */
  static final AccountChanges UNNOTED = new AccountChanges(false);

  private final boolean noted;

  /** Made when there is something to note: most accounts have nothing at most times. */
  private Set<String> holds = Set.of();

  private int rows;
  private boolean whole = true;
  private boolean told;

  private AccountChanges(boolean noted) {
    this.noted = noted;
  }

  /** Of a new account, whose first image is a whole one. */
  static AccountChanges noted() {
    return new AccountChanges(true);
  }

  void hold(String id) {
    if (!noted || whole) {
      return;
    }
    if (holds.isEmpty()) {
      holds = new HashSet<>(4);
    }
    holds.add(id);
  }

  void row() {
    if (noted && rows < Store.MAX_ROWS) {
      rows++;
    }
  }

  /** Whether the listener has not been told since the last image that there are changes. */
  boolean tell() {
    if (!noted || told) {
      return false;
    }
    told = true;
    return true;
  }

  /** Lets the next image be a whole one. */
  void all() {
    if (noted) {
      whole = true;
      holds = Set.of();
    }
  }

  boolean isWhole() {
    return whole;
  }

  /** The ids of holds that were made, have expired or are gone; empty if the image is whole. */
  Set<String> holds() {
    return holds;
  }

  /** How many of the latest rows are new. */
  int rows() {
    return rows;
  }

  /** An image was written, or read. */
  void written() {
    holds = Set.of();
    rows = 0;
    whole = false;
    told = false;
  }
}
