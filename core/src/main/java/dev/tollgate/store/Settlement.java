package dev.tollgate.store;

import java.util.List;

/** What a hold really used. */
record Settlement(Hold hold, List<Long> actual, String row) {

  Settlement {
    if (!hold.isKept()) {
      throw new IllegalArgumentException("hold " + hold.id() + " was posted at once");
    }
    if (actual.size() != hold.parts().size()) {
      throw new IllegalArgumentException(
          actual.size() + " actual amounts for " + hold.parts().size() + " parts of a hold");
    }
    for (long amount : actual) {
      Range.check("actual amount", amount, 0, Store.MAX_AMOUNT);
    }
    Range.check("row length", row.length(), 0, Store.MAX_ROW_LENGTH);
  }
}
