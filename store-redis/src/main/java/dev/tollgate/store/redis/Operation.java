package dev.tollgate.store.redis;

import dev.tollgate.store.Bucket;
import dev.tollgate.store.Calendar;
import dev.tollgate.store.Charge;
import dev.tollgate.store.Hold;
import dev.tollgate.store.Quota;
import dev.tollgate.store.Request;
import dev.tollgate.store.Rollups;
import dev.tollgate.store.Store;
import dev.tollgate.store.Surge;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Writes an operation as the script reads it; the readers in the script are the format. Used by one
 * thread.
 */
final class Operation {

  /** Counters are kept this much longer than they count: late settlements need them. */
  private static final long SPARE_MICROS = 60_000_000L;

  /** What is normal for a caller outlives a holiday. */
  private static final long SURGE_MICROS = 35L * 86_400_000_000L;

  /** Means the hold that has the id, whatever its deadline. */
  private static final long ANY_DEADLINE = 0;

  private final List<String> words = new ArrayList<>();

  private Operation(String name) {
    words.add(name);
  }

  /**
   * @param atMicros the server's time as well as it is known: the windows that contain it are sent
   */
  static List<String> reserve(Request request, long atMicros) {
    Operation operation = new Operation("reserve").hold(request, atMicros);
    return operation.charges(request.charges(), atMicros).words;
  }

  /**
   * @param request what asks for all that the hold held
   * @param openUntilMicros when it had certainly not been settled yet
   * @param atMicros as for {@link #reserve}
   */
  static List<String> restore(Request request, Hold hold, long openUntilMicros, long atMicros) {
    Operation operation = new Operation("restore").hold(request, atMicros);
    operation.number(hold.deadlineMicros()).number(Math.min(openUntilMicros, Store.MAX_AMOUNT));
    operation.charges(request.charges(), atMicros).number(hold.parts().size());
    hold.parts().forEach(part -> operation.number(part.markMicros()));
    return operation.words;
  }

  /**
   * @param atMicros as for {@link #reserve}
   */
  static List<String> read(List<Charge> charges, long atMicros) {
    return new Operation("read").charges(charges, atMicros).words;
  }

  /**
   * @param atMicros as for {@link #reserve}
   */
  static List<String> settle(Hold hold, List<Long> actual, String row, long atMicros) {
    return end(hold, hold.deadlineMicros(), actual, row, atMicros);
  }

  /**
   * Gives back what a hold took.
   *
   * @param atMicros as for {@link #reserve}
   */
  static List<String> cancel(Hold hold, long atMicros) {
    return end(hold, ANY_DEADLINE, Collections.nCopies(hold.parts().size(), 0L), "", atMicros);
  }

  private static List<String> end(
      Hold hold, long deadline, List<Long> actual, String row, long atMicros) {
    Operation operation = new Operation("settle").word(hold.id()).number(deadline).word(row);
    operation.number(hold.parts().size());
    for (int i = 0; i < hold.parts().size(); i++) {
      Hold.Part part = hold.parts().get(i);
      if (part.bound() instanceof Bucket bucket) {
        operation.bucket(part.counter(), bucket).span(bucket.span(actual.get(i)));
      } else if (part.bound() instanceof Surge surge) {
        operation.surge(part.counter(), surge, atMicros);
      } else {
        Quota quota = (Quota) part.bound();
        operation.quota(part.counter(), quota, atMicros).number(actual.get(i)).notices(quota);
      }
    }
    return operation.words;
  }

  /**
   * Gives back what was posted at once.
   *
   * @param atMicros as for {@link #reserve}
   */
  static List<String> refund(Hold hold, long atMicros) {
    Operation operation = new Operation("refund").number(hold.parts().size());
    for (Hold.Part part : hold.parts()) {
      if (part.bound() instanceof Bucket bucket) {
        operation.bucket(part.counter(), bucket).number(part.markMicros());
        operation.number(bucket.span(part.amount()).micros());
      } else if (part.bound() instanceof Surge surge) {
        operation.surge(part.counter(), surge, atMicros);
      } else {
        operation.quota(part.counter(), (Quota) part.bound(), atMicros);
        operation.number(part.markMicros()).number(part.amount());
      }
    }
    return operation.words;
  }

  static List<String> document() {
    return new Operation("read").words;
  }

  static List<String> replace(long version, String text) {
    return new Operation("replace").number(version).word(text).words;
  }

  static List<String> add(Rollups.Addition addition) {
    Operation operation = new Operation("add").word(addition.writer());
    operation.number(addition.sequence()).number(addition.keepMicros() / 1000);
    operation.number(addition.rows().size());
    for (Rollups.Row row : addition.rows()) {
      operation.word(row.key()).number(row.values().size());
      row.values().forEach(operation::number);
    }
    return operation.words;
  }

  static List<String> largest(int offset, int limit) {
    return new Operation("largest").number(offset).number(limit).words;
  }

  static List<String> find(List<String> keys) {
    Operation operation = new Operation("find").number(keys.size());
    keys.forEach(operation::word);
    return operation.words;
  }

  static List<String> reset() {
    return new Operation("reset").words;
  }

  static List<String> openHolds() {
    return new Operation("open").words;
  }

  static List<String> expire(String id) {
    return new Operation("expire").word(id).words;
  }

  static List<String> rows() {
    return new Operation("rows").words;
  }

  private Operation hold(Request request, long atMicros) {
    word(request.id()).number(request.holdMicros()).word(request.expiry().name());
    return word(request.memo()).number(keepMicros(request, atMicros));
  }

  /** How long the account must be kept: over the next two windows, and until it can be settled. */
  private static long keepMicros(Request request, long atMicros) {
    long keep = request.holdMicros() > 0 ? request.holdMicros() + Store.TOMBSTONE_MICROS : 0;
    for (Charge charge : request.charges()) {
      if (charge.bound() instanceof Bucket bucket) {
        keep = Math.max(keep, bucket.capacitySpan().micros());
      } else if (charge.bound() instanceof Surge) {
        keep = Math.max(keep, SURGE_MICROS);
      } else {
        Calendar.Span window = ((Quota) charge.bound()).calendar().at(atMicros);
        long length = Math.min(window.endMicros() - window.startMicros(), Bucket.MAX_LEVEL_MICROS);
        long rest = Math.min(window.endMicros() - atMicros, Bucket.MAX_LEVEL_MICROS);
        keep = Math.max(keep, rest + 2 * length);
      }
    }
    return keep + SPARE_MICROS;
  }

  private Operation charges(List<Charge> charges, long atMicros) {
    number(charges.size());
    for (Charge charge : charges) {
      if (charge.bound() instanceof Bucket bucket) {
        bucket(charge.counter(), bucket).span(bucket.capacitySpan());
        amounts(charge).span(bucket.span(charge.amount()));
        span(bucket.span(charge.reduced()));
      } else if (charge.bound() instanceof Surge surge) {
        surge(charge.counter(), surge, atMicros).word(surge.action().name()).amounts(charge);
      } else {
        Quota quota = (Quota) charge.bound();
        quota(charge.counter(), quota, atMicros).number(quota.soft()).number(quota.hard());
        amounts(charge).notices(quota);
      }
    }
    return this;
  }

  private Operation amounts(Charge charge) {
    return number(charge.amount()).number(charge.worst()).number(charge.reduced());
  }

  private Operation bucket(String counter, Bucket bucket) {
    return word("bucket").word(Names.plain(counter)).number(bucket.limit());
  }

  private Operation quota(String counter, Quota quota, long atMicros) {
    return word("quota").word(Names.plain(counter)).window(quota.calendar(), atMicros);
  }

  private Operation surge(String counter, Surge surge, long atMicros) {
    word("surge").word(Names.plain(counter)).window(surge.days(), atMicros);
    return number(surge.expectedDaily());
  }

  private Operation window(Calendar calendar, long atMicros) {
    Calendar.Span window = calendar.at(atMicros);
    return number(window.startMicros()).number(window.endMicros());
  }

  private Operation notices(Quota quota) {
    number(quota.notices().size());
    quota.notices().forEach(this::number);
    return this;
  }

  private Operation span(Bucket.Span span) {
    return number(span.micros()).number(span.remainder());
  }

  private Operation number(long number) {
    return word(Long.toString(number));
  }

  private Operation word(String word) {
    words.add(word);
    return this;
  }
}
