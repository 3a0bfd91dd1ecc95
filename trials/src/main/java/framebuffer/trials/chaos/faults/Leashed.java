package framebuffer.trials.chaos.faults;

import framebuffer.app.Main;
import java.io.IOException;
import java.io.OutputStream;

/** The {@code frame-buffer} command as a child process: it ends with its standard input, so it never outlives its parent. */
final class Leashed {
    private static final int ENDED = 137;

    private Leashed() {
    }

    public static void main(String[] arguments) {
        Thread.ofPlatform().daemon().name("leash").start(Leashed::untilTheEnd);
        Main.main(arguments);
    }

    private static void untilTheEnd() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            System.err.println("standard input failed: " + e);
        }
        Runtime.getRuntime().halt(ENDED);
    }
}
