package dev.tollgate.store;

import java.util.List;
import java.util.Optional;

/**
 * A store of several servers, or one that may start again: the one that answers next may not have
 * heard of what was acknowledged last. Who was acknowledged something can tell it again.
 */
public interface ReplicatedStore extends Store {

  /** How long it is remembered which holds were settled: 10 minutes. */
  long SETTLED_MICROS = 600_000_000L;

  /** Settled holds that an account remembers: the latest. */
  int MAX_SETTLED = 10_000;

  /**
   * A number that changes when another server answers, or the same one with other data: some of
   * what was acknowledged before may be lost. What is asked after this number was read is answered
   * under it or a later one. 0 before the first answer.
   */
  long lineage();

  /**
   * {@inheritDoc}
   *
   * <p>A hold that is charged when it expires is money that a successor of the server must not let
   * others have too. One that it might not hear of is refused, and in the receipt all the same: it
   * has to be cancelled.
   */
  @Override
  Receipt reserve(Request request) throws StoreException;

  /**
   * Holds again what a hold held of quotas, until its deadline, unless the hold is known: then it
   * is left as it is, live or expired. No limit is checked.
   *
   * @param expiry what becomes of it, as its request said
   * @param memo the journal's row for its expiry, as its request said
   * @param openUntilMicros a time, by the store's clock, at which it had certainly not been
   *     settled; {@link #NEVER} if nobody has tried to
   * @return the hold that there is now; empty when it was settled, when it may have been so long
   *     ago that nobody remembers, or when {@link #MAX_HOLDS} are open
   * @throws StoreException when the store did not answer in time; a repetition does no harm
   */
  Optional<Hold> restore(Hold hold, Expiry expiry, String memo, long openUntilMicros)
      throws StoreException;

  /**
   * A hold that was acknowledged, and perhaps settled.
   *
   * @param ending how it was settled, if it was
   * @param openUntilMicros as for {@link #restore(Hold, Expiry, String, long)}, as is the rest
   */
  record Acknowledged(
      Hold hold, Expiry expiry, String memo, Optional<Ending> ending, long openUntilMicros) {}

  /** As {@link #settle} was told. */
  record Ending(List<Long> actual, String row) {}

  /**
   * Restores holds, and settles those that were settled.
   *
   * @param acknowledged of accounts of one shard: 1 to {@link #MAX_TOGETHER}
   * @throws StoreException when the store did not answer in time; a repetition does no harm
   */
  default void restore(List<Acknowledged> acknowledged) throws StoreException {
    for (Acknowledged each : acknowledged) {
      Optional<Hold> held =
          restore(each.hold(), each.expiry(), each.memo(), each.openUntilMicros());
      if (held.isPresent() && each.ending().isPresent()) {
        settle(each.hold(), each.ending().get().actual(), each.ending().get().row());
      }
    }
  }
}
