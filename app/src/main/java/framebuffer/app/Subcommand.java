package framebuffer.app;

/**
 * A subcommand that another module adds to {@code frame-buffer}: a class with picocli's {@code @Command}. The module names its subcommands
 * in {@code META-INF/services}, in the order in which {@code --help} lists them.
 */
public interface Subcommand {
}
