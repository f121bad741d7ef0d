package dev.tollgate.store;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Documents in memory. Thread-safe. */
final class Documents {

  static final int MAX_DOCUMENTS = 1000;

  /** What {@code writeUTF} takes of a text at a time: a character has at most three bytes. */
  private static final int PIECE = 20_000;

  private final Map<String, Document> documents = new HashMap<>();
  private final ChangeListener listener;

  Documents(ChangeListener listener) {
    this.listener = listener;
  }

  synchronized Document get(String name, long now) {
    Document found = documents.getOrDefault(name, Document.ABSENT);
    return isExpired(found, now) ? Document.ABSENT : found;
  }

  /**
   * @throws IllegalStateException when there is no room for another document
   */
  synchronized boolean replace(String name, long version, String text, long now) {
    if (get(name, now).version() != version) {
      return false;
    }
    if (!documents.containsKey(name) && documents.size() >= MAX_DOCUMENTS) {
      documents.values().removeIf(document -> isExpired(document, now));
      if (documents.size() >= MAX_DOCUMENTS) {
        throw new IllegalStateException(MAX_DOCUMENTS + " documents are kept: no room for " + name);
      }
    }
    documents.put(name, new Document(text, version + 1, now));
    listener.changed(new Part(Part.Kind.DOCUMENT, name));
    return true;
  }

  synchronized List<String> names() {
    return List.copyOf(documents.keySet());
  }

  synchronized boolean write(String name, DataOutput out) throws IOException {
    Document document = documents.get(name);
    out.writeBoolean(document != null);
    if (document != null) {
      out.writeLong(document.version());
      out.writeLong(document.atMicros());
      String text = document.text();
      out.writeInt(text.length());
      for (int from = 0; from < text.length(); from += PIECE) {
        out.writeUTF(text.substring(from, Math.min(from + PIECE, text.length())));
      }
    }
    return true;
  }

  synchronized void read(String name, DataInput in) throws IOException {
    documents.remove(name);
    if (in.readBoolean()) {
      long version = in.readLong();
      long atMicros = in.readLong();
      int length = in.readInt();
      StringBuilder text = new StringBuilder();
      while (text.length() < length) {
        text.append(in.readUTF());
      }
      documents.put(name, new Document(text.toString(), version, atMicros));
    }
  }

  private static boolean isExpired(Document document, long now) {
    return document.atMicros() + Store.DOCUMENT_MICROS <= now;
  }
}
