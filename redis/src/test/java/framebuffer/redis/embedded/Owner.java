package framebuffer.redis.embedded;

import java.io.IOException;
import java.nio.file.Path;

/** A process that starts an embedded Redis, reports it, and waits to be killed. */
final class Owner {
    private Owner() {
    }

    public static void main(String[] args) throws IOException {
        try (EmbeddedRedis redis = EmbeddedRedis.start(Path.of(args[0]))) {
            System.out.println(redis.process().pid());
            System.in.read();
        }
    }

    /** Starts such a process; it prints the process id of the server first. */
    static Process launch(Path folder) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new ProcessBuilder(java.toString(), "-cp", System.getProperty("java.class.path"), Owner.class.getName(),
                folder.toString()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }
}
