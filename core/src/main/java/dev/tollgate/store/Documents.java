package dev.tollgate.store;

import java.util.HashMap;
import java.util.Map;

/** Documents in memory. Thread-safe. */
final class Documents {

  static final int MAX_DOCUMENTS = 1000;

  private final Map<String, Document> documents = new HashMap<>();

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
    return true;
  }

  private static boolean isExpired(Document document, long now) {
    return document.atMicros() + Store.DOCUMENT_MICROS <= now;
  }
}
