package framebuffer.app.query;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * How large a terminal is.
 *
 * @param lines
 *            that fit on it
 * @param columns
 *            characters that fit on a line
 */
record TerminalSize(int lines, int columns) {
    /** Of what is no terminal. */
    static final TerminalSize UNBOUNDED = new TerminalSize(Integer.MAX_VALUE, 200);

    private static final TerminalSize USUAL = new TerminalSize(24, 80);

    /** Of the one that this process has; 24 by 80 where it does not say. */
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
