package dev.tollgate.store;

import java.util.List;

/**
 * A calendar window. Two sums are bounded: what is posted and held, by {@code soft}; and what is
 * posted and what the open holds may turn out to be, by {@code hard}. So an account never ends
 * above its hard limit, however many of its holds are open and however they are settled, unless one
 * is settled at more than its worst or after its deadline.
 *
 * @param calendar the windows
 * @param limit the nominal limit, which {@code remaining} is counted from
 * @param soft above this a request takes its reduced amounts; at most {@code hard}
 * @param hard above this a request is reduced, or refused if that is not enough: 1 to {@link
 *     Store#MAX_AMOUNT}
 * @param notices amounts, ascending, whose first crossing in a window is reported once
 */
public record Quota(Calendar calendar, long limit, long soft, long hard, List<Long> notices)
    implements Bound {

  public static final int MAX_NOTICES = 8;

  /**
   * @throws IllegalArgumentException when a component is out of its range
   */
  public Quota {
    Range.check("quota limit", limit, 1, Store.MAX_AMOUNT);
    Range.check("quota hard limit", hard, 1, Store.MAX_AMOUNT);
    Range.check("quota soft limit", soft, 0, hard);
    notices = List.copyOf(notices);
    Range.check("number of notices", notices.size(), 0, MAX_NOTICES);
    for (int i = 0; i < notices.size(); i++) {
      Range.check("notice", notices.get(i), i == 0 ? 0 : notices.get(i - 1), hard);
    }
  }

  @Override
  public long capacity() {
    return hard;
  }

  /** The number of notices that {@code posted} has reached. */
  public int rung(long posted) {
    int rung = 0;
    while (rung < notices.size() && posted >= notices.get(rung)) {
      rung++;
    }
    return rung;
  }
}
