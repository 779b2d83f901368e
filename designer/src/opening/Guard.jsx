/* A part of the page that fails shows a sentence in its place; the rest goes on. */
import { Component } from 'preact';

import { t } from './i18n.js';

export class Guard extends Component {
  state = { error: null };

  static getDerivedStateFromError(error) {
    return { error };
  }

  componentDidMount() {
    this.off = this.props.studio.on('select', () => this.state.error && this.setState({ error: null }));
  }

  componentWillUnmount() {
    this.off();
  }

  render({ children }, { error }) {
    if (!error) return children;
    return (
      <p class="b-note b-note--warn" role="alert">
        {t('This part cannot be shown: {reason}. Everything else can be used; choose another element to go on.', { reason: error.message })}
      </p>
    );
  }
}
