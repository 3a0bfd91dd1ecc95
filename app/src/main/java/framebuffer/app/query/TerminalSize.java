package framebuffer.app.query;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The size of a terminal.
 *
 * @param lines number of lines
 * @param columns characters per line
 */
record TerminalSize(int lines, int columns) {
    /** The size for output that is not a terminal. */
    static final TerminalSize UNBOUNDED = new TerminalSize(Integer.MAX_VALUE, 200);

    private static final TerminalSize USUAL = new TerminalSize(24, 80);

    /** The size of this process's terminal; 24 lines of 80 characters if unknown. */
    static TerminalSize ofTerminal() {
        try {
            Process stty = new ProcessBuilder("stty", "size").redirectInput(new File("/dev/tty")).start();
            String[] said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip()
                    .split(" ", -1);
            if (!stty.waitFor(1, TimeUnit.SECONDS) || said.length != 2) {
                return USUAL;
            }
            TerminalSize size = new TerminalSize(Integer.parseInt(said[0]), Integer.parseInt(said[1]));
            return size.lines() < 5 || size.columns() < 20 ? USUAL : size;
        } catch (IOException | NumberFormatException e) {
            return USUAL;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return USUAL;
        }
    }
}
