package dev.tollgate.store;

import dev.tollgate.store.Receipt.Outcome;
import java.util.List;

/** Which of its amounts a request takes. */
enum Mode {
  LIKELY,
  WORST,
  REDUCED;

  long amount(Charge charge) {
    return switch (this) {
      case LIKELY -> charge.amount();
      case WORST -> charge.worst();
      case REDUCED -> charge.reduced();
    };
  }

  List<Long> amounts(Request request) {
    return request.charges().stream().map(this::amount).toList();
  }

  Outcome outcome() {
    return this == REDUCED ? Outcome.REDUCED : Outcome.FULL;
  }
}
