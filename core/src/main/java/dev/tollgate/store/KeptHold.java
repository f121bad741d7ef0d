package dev.tollgate.store;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A hold and what happened to it: live until its deadline, then a tombstone. Guarded by its
 * account.
 */
final class KeptHold {

  /** The window of a hold that was read from an image, whose calendar is not known. */
  private record OneWindow(Span span) implements Calendar {
    @Override
    public Span at(long micros) {
      return span;
    }
  }

  private enum Kind {
    BUCKET,
    QUOTA,
    SURGE
  }

  final Hold hold;
  final Mode mode;
  final Expiry expiry;
  final String memo;
  boolean expired;

  KeptHold(Hold hold, Mode mode, Expiry expiry, String memo) {
    this.hold = hold;
    this.mode = mode;
    this.expiry = expiry;
    this.memo = memo;
  }

  /** What its expiry has posted of an amount. */
  long charged(long amount) {
    return expired && expiry == Expiry.CHARGED ? amount : 0;
  }

  /** The hold, bounded as a request that repeats its own says. */
  Hold as(Request request) {
    List<Hold.Part> parts = hold.parts().stream().map(part -> as(part, request)).toList();
    return new Hold(hold.account(), hold.id(), hold.deadlineMicros(), parts);
  }

  private static Hold.Part as(Hold.Part part, Request request) {
    Bound bound =
        request.charges().stream()
            .filter(charge -> charge.counter().equals(part.counter()))
            .findFirst()
            .map(Charge::bound)
            .orElse(part.bound());
    return part.within(bound);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(hold.deadlineMicros());
    out.writeUTF(mode.name());
    out.writeUTF(expiry.name());
    out.writeUTF(memo);
    out.writeBoolean(expired);
    out.writeInt(hold.parts().size());
    for (Hold.Part part : hold.parts()) {
      out.writeUTF(part.counter());
      out.writeLong(part.amount());
      out.writeLong(part.worst());
      out.writeLong(part.markMicros());
      write(part.bound(), part.markMicros(), out);
    }
  }

  static KeptHold read(String account, String id, DataInput in) throws IOException {
    long deadline = in.readLong();
    Mode mode = Mode.valueOf(in.readUTF());
    Expiry expiry = Expiry.valueOf(in.readUTF());
    String memo = in.readUTF();
    boolean expired = in.readBoolean();
    List<Hold.Part> parts = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      String counter = in.readUTF();
      long amount = in.readLong();
      long worst = in.readLong();
      long mark = in.readLong();
      parts.add(new Hold.Part(counter, readBound(in), amount, worst, mark));
    }
    KeptHold kept = new KeptHold(new Hold(account, id, deadline, parts), mode, expiry, memo);
    kept.expired = expired;
    return kept;
  }

  private static void write(Bound bound, long markMicros, DataOutput out) throws IOException {
    if (bound instanceof Bucket bucket) {
      out.writeUTF(Kind.BUCKET.name());
      out.writeLong(bucket.limit());
      out.writeLong(bucket.periodMicros());
      out.writeLong(bucket.capacity());
    } else if (bound instanceof Surge surge) {
      out.writeUTF(Kind.SURGE.name());
      write(surge.days().at(markMicros), out);
      out.writeLong(surge.expectedDaily());
      out.writeUTF(surge.action().name());
    } else if (bound instanceof Quota quota) {
      out.writeUTF(Kind.QUOTA.name());
      write(quota.calendar().at(markMicros), out);
      out.writeLong(quota.limit());
      out.writeLong(quota.soft());
      out.writeLong(quota.hard());
      out.writeByte(quota.notices().size());
      for (long notice : quota.notices()) {
        out.writeLong(notice);
      }
    }
  }

  private static Bound readBound(DataInput in) throws IOException {
    return switch (Kind.valueOf(in.readUTF())) {
      case BUCKET -> new Bucket(in.readLong(), in.readLong(), in.readLong());
      case SURGE -> new Surge(readWindow(in), in.readLong(), Surge.Action.valueOf(in.readUTF()));
      case QUOTA -> {
        Calendar window = readWindow(in);
        long limit = in.readLong();
        long soft = in.readLong();
        long hard = in.readLong();
        List<Long> notices = new ArrayList<>();
        for (int left = in.readByte(); left > 0; left--) {
          notices.add(in.readLong());
        }
        yield new Quota(window, limit, soft, hard, notices);
      }
    };
  }

  private static void write(Calendar.Span span, DataOutput out) throws IOException {
    out.writeLong(span.startMicros());
    out.writeLong(span.endMicros());
  }

  private static Calendar readWindow(DataInput in) throws IOException {
    return new OneWindow(new Calendar.Span(in.readLong(), in.readLong()));
  }
}
