// Tabs, by mouse and keyboard, as the ARIA practices have them.

export class Tabs {
  #tabs;
  #listener;

  // `listener(name)` hears what is shown: the id of the panel.
  constructor(tablist, listener) {
    this.#tabs = [...tablist.querySelectorAll('[role="tab"]')];
    this.#listener = listener;
    for (const [k, tab] of this.#tabs.entries()) {
      tab.addEventListener('click', () => this.show(tab.getAttribute('aria-controls')));
      tab.addEventListener('keydown', ({key}) => {
        const steps = {ArrowRight: 1, ArrowLeft: -1}[key];
        if (steps === undefined) return;
        const next = this.#tabs.at((k + steps) % this.#tabs.length);
        next.focus();
        this.show(next.getAttribute('aria-controls'));
      });
    }
  }

  get shown() {
    return this.#tabs.find((tab) => tab.getAttribute('aria-selected') === 'true')
        .getAttribute('aria-controls');
  }

  show(name) {
    for (const tab of this.#tabs) {
      const panel = tab.getAttribute('aria-controls');
      tab.setAttribute('aria-selected', String(panel === name));
      tab.tabIndex = panel === name ? 0 : -1;
      document.getElementById(panel).hidden = panel !== name;
    }
    this.#listener(name);
  }
}
