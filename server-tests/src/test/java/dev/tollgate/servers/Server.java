package dev.tollgate.servers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The servers the sample runs on, each with what is different about it: how one installation serves
 * many directories, how it is started, where it looks for applications and what it says once it is
 * up. What a server's directory gets besides lies in the resource directory of its name. Immutable,
 * hence safe for use by several threads.
 */
enum Server {
  TOMCAT("webapps", "Server startup in \\[") {
    @Override
    void layOut(Path base) throws IOException {
      Directories.copy(home.resolve("conf"), base.resolve("conf"));
    }

    @Override
    List<String> command(Path base, List<Integer> ports) {
      Path bin = home.resolve("bin");
      return List.of(
          "-Dhttp.port=" + ports.get(0),
          "-Dcatalina.home=" + home,
          "-Dcatalina.base=" + base,
          "-classpath",
          bin.resolve("bootstrap.jar") + File.pathSeparator + bin.resolve("tomcat-juli.jar"),
          "org.apache.catalina.startup.Bootstrap",
          "start");
    }
  },

  WILDFLY("deployments", "WFLYSRV002[56]: ") {
    /**
     * Looks for applications every second, and serves no page of its own at {@code /}. Idle threads
     * end soon, for they hold on to the deployment they last served.
     */
    @Override
    void layOut(Path base) throws IOException {
      Path configuration = base.resolve("configuration");
      Directories.copy(home.resolve("standalone/configuration"), configuration);
      Path standalone = configuration.resolve("standalone.xml");
      Files.writeString(
          standalone,
          Files.readString(standalone)
              .replace("scan-interval=\"5000\"", "scan-interval=\"1000\"")
              .replace(
                  "<worker name=\"default\"/>",
                  "<worker name=\"default\" task-core-threads=\"0\" task-keepalive=\"1000\"/>")
              .replace("<location name=\"/\" handler=\"welcome-content\"/>", ""));
    }

    @Override
    List<String> command(Path base, List<Integer> ports) {
      return List.of(
          "-Djboss.http.port=" + ports.get(0),
          "-Djboss.https.port=" + ports.get(1),
          "-Djboss.management.http.port=" + ports.get(2),
          "-Djboss.home.dir=" + home,
          "-Djboss.server.base.dir=" + base,
          "-jar",
          home.resolve("jboss-modules.jar").toString(),
          "-mp",
          home.resolve("modules").toString(),
          "org.jboss.as.standalone");
    }
  },

  JETTY("webapps", "Started oejs\\.Server@") {
    @Override
    void layOut(Path base) {
      // All that Jetty needs is in the resource directory.
    }

    @Override
    List<String> command(Path base, List<Integer> ports) {
      return List.of(
          "-Djetty.base=" + base,
          "-jar",
          home.resolve("start.jar").toString(),
          "jetty.http.port=" + ports.get(0));
    }
  };

  /** Where the server is installed; nothing is ever written here. */
  final Path home;

  /** What the server logs once it has tried to deploy everything it found. */
  final Pattern started;

  private final String deployments;

  Server(String deployments, String started) {
    this.deployments = deployments;
    this.started = Pattern.compile(started);
    this.home = Path.of(System.getProperty(this + ".home"));
  }

  /** Copies what the installation keeps per server directory. */
  abstract void layOut(Path base) throws IOException;

  /**
   * The arguments of {@code java} that start the server.
   *
   * @param ports three free ports, the first for HTTP
   */
  abstract List<String> command(Path base, List<Integer> ports);

  /** Where, below the base directory, an application must lie to answer at {@code /}. */
  final Path application(Path base) {
    return base.resolve(deployments).resolve("ROOT.war");
  }

  /** Files that overlay the server's own, among them the {@code jvm.options} it starts with. */
  final Path overlay() {
    return Directories.resource(toString());
  }

  /** The server's name in small letters, as files and system properties use it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
