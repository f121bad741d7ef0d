package dev.tollgate.store;

import dev.tollgate.store.Receipt.Outcome;

/** Which of its amounts a request takes. */
enum Mode {
  LIKELY,
  REDUCED;

  long amount(Charge charge) {
    return this == REDUCED ? charge.reduced() : charge.amount();
  }

  /** What must fit: of a quota the most that the amount may turn out to be. */
  long most(Charge charge) {
    return this == LIKELY && charge.bound() instanceof Quota ? charge.worst() : amount(charge);
  }

  Outcome outcome() {
    return this == REDUCED ? Outcome.REDUCED : Outcome.FULL;
  }
}
