package framebuffer.app.migrate;

/** A switch, as users write it. */
enum OnOff {
    on, off
}
