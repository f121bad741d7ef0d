package dev.tollgate.providers;

/** A message on every line. */
final class LineFraming implements Framing {

  private final Bytes line = new Bytes(MAX_MESSAGE_BYTES);
  private boolean tooLong;

  @Override
  public void feed(byte[] bytes, int offset, int length, Sink sink) {
    int from = offset;
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] == '\n') {
        append(bytes, from, i + 1 - from, sink);
        endLine(sink);
        from = i + 1;
      }
    }
    append(bytes, from, offset + length - from, sink);
  }

  private void append(byte[] bytes, int offset, int length, Sink sink) {
    if (!tooLong && line.hasRoomFor(length)) {
      line.write(bytes, offset, length);
      return;
    }
    tooLong = true;
    sink.unread(line);
    line.reset();
    sink.unread(Bytes.of(bytes, offset, length));
  }

  private void endLine(Sink sink) {
    if (!tooLong) {
      sink.message(line, line);
    }
    tooLong = false;
    line.reset();
  }

  @Override
  public void finish(Sink sink) {
    endLine(sink);
  }
}
