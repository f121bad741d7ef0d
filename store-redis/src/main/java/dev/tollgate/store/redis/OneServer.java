package dev.tollgate.store.redis;

/** All accounts are on one server. Thread-safe. */
final class OneServer implements Topology {

  private final Line line;

  /**
   * @param target the server, or whoever knows it
   */
  OneServer(RedisAddress address, Dialer.Target target) {
    line = new Line(new Dialer(address, target));
  }

  @Override
  public Line lineTo(Names names, long nanos) {
    return line;
  }

  /** The line asks its target again for each new connection: there is nothing to forget here. */
  @Override
  public void suspect() {}

  @Override
  public void close() {
    line.close();
  }
}
