/* What the page loads: see vite.config.js for why it holds nothing of its own. */
import './index.jsx';
