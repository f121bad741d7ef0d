package dev.tollgate.store.redis;

/**
 * How a client presents itself to a server. Immutable.
 *
 * @param tls whether the connection is encrypted, and the server's name verified
 * @param user whom to log in as, or empty for the server's default user
 * @param password the password, or empty for no login
 * @param database the number of the database
 */
record Login(boolean tls, String user, String password, int database) {

  /** The arguments of AUTH. */
  String[] words() {
    return user.isEmpty() ? new String[] {password} : new String[] {user, password};
  }

  /** Everything but the password. */
  @Override
  public String toString() {
    return (user.isEmpty() ? "the default user" : "user " + user) + (tls ? " over TLS" : "");
  }
}
