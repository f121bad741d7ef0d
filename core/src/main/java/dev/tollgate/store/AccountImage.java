package dev.tollgate.store;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * An account as bytes: all of its counters, and of its holds and rows those that have changed since
 * the last image, or all. Images are read in the order in which they were written. A view of the
 * account's own collections, and guarded like them.
 */
record AccountImage(
    Map<String, BucketCounter> buckets,
    Map<String, QuotaCounter> quotas,
    Map<String, SurgeCounter> surges,
    Map<String, KeptHold> holds,
    Deque<String> rows) {

  private interface Reader<T> {
    T read(DataInput in) throws IOException;
  }

  private interface Writer<T> {
    void write(T item, DataOutput out) throws IOException;
  }

  void write(AccountChanges changes, DataOutput out) throws IOException {
    out.writeBoolean(changes.isWhole());
    write(buckets, BucketCounter::write, out);
    write(quotas, QuotaCounter::write, out);
    write(surges, SurgeCounter::write, out);
    writeHolds(changes.isWhole() ? holds.keySet() : changes.holds(), out);
    writeRows(changes.isWhole() ? rows.size() : Math.min(changes.rows(), rows.size()), out);
  }

  /**
   * @param account whose image it is
   */
  void read(String account, DataInput in) throws IOException {
    if (in.readBoolean()) {
      holds.clear();
      rows.clear();
    }
    read(buckets, BucketCounter::read, in);
    read(quotas, QuotaCounter::read, in);
    read(surges, SurgeCounter::read, in);
    readHolds(account, in);
    readRows(in);
  }

  private static <T> void write(Map<String, T> counters, Writer<T> writer, DataOutput out)
      throws IOException {
    out.writeInt(counters.size());
    for (Map.Entry<String, T> entry : counters.entrySet()) {
      out.writeUTF(entry.getKey());
      writer.write(entry.getValue(), out);
    }
  }

  private static <T> void read(Map<String, T> counters, Reader<T> reader, DataInput in)
      throws IOException {
    counters.clear();
    for (int left = in.readInt(); left > 0; left--) {
      counters.put(in.readUTF(), reader.read(in));
    }
  }

  private void writeHolds(Set<String> ids, DataOutput out) throws IOException {
    out.writeInt(ids.size());
    for (String id : ids) {
      KeptHold kept = holds.get(id);
      out.writeUTF(id);
      out.writeBoolean(kept != null);
      if (kept != null) {
        kept.write(out);
      }
    }
  }

  private void readHolds(String account, DataInput in) throws IOException {
    for (int left = in.readInt(); left > 0; left--) {
      String id = in.readUTF();
      holds.remove(id);
      if (in.readBoolean()) {
        holds.put(id, KeptHold.read(account, id, in));
      }
    }
  }

  /** The latest rows, the newest last. */
  private void writeRows(int count, DataOutput out) throws IOException {
    Deque<String> latest = new ArrayDeque<>(count);
    Iterator<String> newestFirst = rows.iterator();
    while (latest.size() < count) {
      latest.addFirst(newestFirst.next());
    }
    out.writeInt(count);
    for (String row : latest) {
      out.writeUTF(row);
    }
  }

  private void readRows(DataInput in) throws IOException {
    for (int left = in.readInt(); left > 0; left--) {
      if (rows.size() == Store.MAX_ROWS) {
        rows.removeLast();
      }
      rows.addFirst(in.readUTF());
    }
  }
}
