package dev.tollgate.store.redis;

import dev.tollgate.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the store's user must be allowed. It is tried at the start, for a script that comes to a
 * command it may not use has done those before it.
 */
final class Rights {

  /** As rules of the server's ACL. */
  static final String NEEDED =
      "~tollgate1:* -@all +ping +select +info +wait +cluster|slots +eval +evalsha +time +del +pexpire"
          + " +pttl +@hash +@sortedset +@list";

  private Rights() {}

  /**
   * The commands that the user may not use, each with the server's reason; empty when none is
   * missing.
   *
   * @param nanos how long the network may be silent
   * @throws StoreException when there is no answer, or the server refuses for another reason
   */
  static List<String> missing(Courier courier, Script trial, long nanos) throws StoreException {
    Courier.Parcel parcel =
        new Courier.Parcel(trial, Names.of("warm-up"), List.of(), Courier.Care.REPEATABLE);
    List<String> missing = new ArrayList<>();
    for (Object command : courier.bring(parcel, nanos).values()) {
      if (command instanceof byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        Refusal refusal = Refusal.of(text);
        if (refusal != Refusal.WITHOUT_RIGHT) {
          throw new StoreException("nothing was done: " + refusal.remedy() + " (" + text + ")");
        }
        missing.add(text);
      }
    }
    return missing;
  }
}
