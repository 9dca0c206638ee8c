/* A page that is opened from a disk may not start a worker, which the search needs: let a hidden frame do its work.
   A worker gets copies of messages, and so does the frame: the search changes an object that it has sent, and sends it
   again, so that what is shared would be another message by the time it is read. */
if (location.protocol === "file:") {
  window.Worker = class {
    constructor(address) {
      this.onmessage = this.onerror = this.onmessageerror = null;
      this.waiting = [];
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      const inside = this.frame.contentWindow;
      inside.postMessage = (message) => {
        const data = structuredClone(message);
        setTimeout(() => this.onmessage && this.onmessage({ data }));
      };
      const script = inside.document.createElement("script");
      script.src = address;
      script.onload = () => {
        for (const data of this.waiting) inside.onmessage({ data });
        this.waiting = null;
      };
      script.onerror = (event) => this.onerror && this.onerror(event);
      inside.document.head.append(script);
    }

    postMessage(message) {
      const data = structuredClone(message);
      if (this.waiting) this.waiting.push(data);
      else setTimeout(() => this.frame.contentWindow && this.frame.contentWindow.onmessage({ data }));
    }

    terminate() {
      this.frame.remove();
    }
  };
}
