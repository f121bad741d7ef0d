package dev.tollgate.store;

import java.util.HashSet;
import java.util.Set;

/** What has changed in an account since its last image. Guarded by its account. */
final class AccountChanges {

  /** Of accounts that nobody writes down: notes nothing. */
  static final AccountChanges UNNOTED = new AccountChanges(false);

  private final boolean noted;
  private final Set<String> holds = new HashSet<>(4);
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
    if (noted && !whole) {
      holds.add(id);
    }
  }

  void row() {
    if (noted && rows < Store.MAX_ROWS) {
      rows++;
    }
  }

  /** Whether the listener has not been told since the last image that there are changes. */
  boolean tell() {
    boolean first = noted && !told;
    told = noted;
    return first;
  }

  void all() {
    whole = true;
    holds.clear();
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
    holds.clear();
    rows = 0;
    whole = false;
    told = false;
  }
}
