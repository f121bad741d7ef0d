package dev.tollgate.providers;

/**
 * Server-sent events as the WHATWG specifies them: lines end with LF, CR or CRLF, an empty line
 * ends an event, the values of its {@code data} lines are joined by LF, a byte order mark may come
 * first.
 *
 * <p>After CR an event is over, without waiting for the LF that may follow.
 */
final class SseFraming implements Framing {

  private static final byte[] DATA = {'d', 'a', 't', 'a'};

  private final Bytes event = new Bytes(MAX_MESSAGE_BYTES);
  private final Bytes data = new Bytes(MAX_MESSAGE_BYTES);
  private final Bytes unread = new Bytes(MAX_MESSAGE_BYTES);
  private boolean afterCr;
  private boolean lineIsEmpty = true;
  private boolean tooLong;
  private boolean first = true;

  @Override
  public void feed(byte[] bytes, int offset, int length, Sink sink) {
    for (int i = offset; i < offset + length; i++) {
      append(bytes[i], sink);
      if (endsEvent(bytes[i])) {
        dispatch(sink);
      }
    }
    flushUnread(sink);
  }

  private void append(byte next, Sink sink) {
    if (!tooLong && event.hasRoomFor(1)) {
      event.write(next);
      return;
    }
    if (!tooLong) {
      tooLong = true;
      sink.unread(event);
      event.reset();
    }
    if (!unread.hasRoomFor(1)) {
      flushUnread(sink);
    }
    unread.write(next);
  }

  private boolean endsEvent(byte next) {
    boolean secondOfCrLf = afterCr && next == '\n';
    afterCr = next == '\r';
    if (secondOfCrLf) {
      return event.size() == 1;
    }
    boolean endsLine = next == '\n' || next == '\r';
    boolean ends = endsLine && lineIsEmpty;
    lineIsEmpty = endsLine;
    return ends;
  }

  private void dispatch(Sink sink) {
    flushUnread(sink);
    if (!tooLong && event.size() > 0) {
      collectData();
      if (data.size() > 0) {
        sink.message(event, data);
      } else {
        sink.unread(event);
      }
    }
    first = false;
    tooLong = false;
    event.reset();
    data.reset();
  }

  private void flushUnread(Sink sink) {
    if (unread.size() > 0) {
      sink.unread(unread);
      unread.reset();
    }
  }

  private void collectData() {
    int start = first && startsWithMark() ? 3 : 0;
    for (int i = start; i < event.size(); i++) {
      if (event.at(i) == '\n' || event.at(i) == '\r') {
        takeLine(start, i);
        start = i + 1;
      }
    }
    takeLine(start, event.size());
  }

  private boolean startsWithMark() {
    return event.size() >= 3
        && event.at(0) == (byte) 0xEF
        && event.at(1) == (byte) 0xBB
        && event.at(2) == (byte) 0xBF;
  }

  private void takeLine(int start, int end) {
    int colon = start + DATA.length;
    for (int i = 0; i < DATA.length; i++) {
      if (start + i >= end || event.at(start + i) != DATA[i]) {
        return;
      }
    }
    if (colon < end && event.at(colon) == ':') {
      int value = colon + 1 < end && event.at(colon + 1) == ' ' ? colon + 2 : colon + 1;
      if (data.size() > 0) {
        data.write('\n');
      }
      data.write(event.array(), value, end - value);
    }
  }

  @Override
  public void finish(Sink sink) {
    dispatch(sink);
  }
}
