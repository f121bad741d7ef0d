package dev.tollgate.providers;

/** One message, which is all there is. Its bytes go by at once; it is read at its end. */
final class BodyFraming implements Framing {

  private final Bytes body = new Bytes(MAX_BODY_BYTES);
  private final Bytes nothing = new Bytes(0);
  private boolean tooLong;

  @Override
  public void feed(byte[] bytes, int offset, int length, Sink sink) {
    sink.unread(Bytes.of(bytes, offset, length));
    tooLong |= !body.hasRoomFor(length);
    if (!tooLong) {
      body.write(bytes, offset, length);
    }
  }

  @Override
  public void finish(Sink sink) {
    if (!tooLong) {
      sink.message(nothing, body);
    }
    body.reset();
  }
}
